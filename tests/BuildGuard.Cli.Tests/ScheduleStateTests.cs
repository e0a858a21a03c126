using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace BuildGuard.Cli.Tests;

/// <summary>A schedule for another system looks after the state directory for which it was installed.</summary>
[TestClass]
public sealed class ScheduleStateTests
{
    [TestMethod]
    [DataRow("launchd")]
    [DataRow("taskscheduler")]
    public void The_state_directory_goes_into_it(string kind)
    {
        using var sandbox = new Sandbox();
        Assert.AreEqual(0, Install(sandbox, kind, sandbox.State).ExitCode);
        StringAssert.Matches(File.ReadAllText(Written(sandbox)), new Regex("BUILDGUARD_STATE_DIR.{0,20}" + Regex.Escape(sandbox.State)));
    }

    /// <summary>As cmd.exe takes it apart: with /s all between the first and the last quotation mark.</summary>
    [TestMethod]
    public void A_task_of_Windows_sets_it_and_then_runs_the_program()
    {
        using var sandbox = new Sandbox();
        Assert.AreEqual(0, Install(sandbox, "taskscheduler", sandbox.State).ExitCode);
        XElement task = XDocument.Load(Written(sandbox)).Root!;
        string Of(string name) => task.Descendants().Single(element => element.Name.LocalName == name).Value;
        Assert.AreEqual("cmd.exe", Of("Command"));
        StringAssert.StartsWith(Of("Arguments"), $"/d /s /c \"set \"BUILDGUARD_STATE_DIR={sandbox.State}\"&& \"");
        StringAssert.EndsWith(Of("Arguments"), " \"reap\"\"");
    }

    [TestMethod]
    public void What_the_command_interpreter_would_read_otherwise_is_refused()
    {
        using var sandbox = new Sandbox();
        Result refused = Install(sandbox, "taskscheduler", Path.Combine(sandbox.Root, "a%b"));
        Assert.AreEqual(125, refused.ExitCode, refused.Output);
        StringAssert.Contains(refused.ErrorLine, " has a percent sign or a quotation mark, which taskscheduler cannot take. Remedy: choose another path in BUILDGUARD_STATE_DIR");
    }

    private static Result Install(Sandbox sandbox, string kind, string state) => sandbox.Run(
        [("HOME", Directory.CreateDirectory(Path.Combine(sandbox.Root, "home")).FullName), ("XDG_CONFIG_HOME", ""), ("BUILDGUARD_STATE_DIR", state)],
        "schedule", "install", "--kind", kind);

    private static string Written(Sandbox sandbox) => Directory.GetFiles(Path.Combine(sandbox.Root, "home"), "*reap*", SearchOption.AllDirectories).Single();
}
