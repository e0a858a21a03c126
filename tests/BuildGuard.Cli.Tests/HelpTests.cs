namespace BuildGuard.Cli.Tests;

[TestClass]
public sealed class HelpTests
{
    private static readonly string[] Built = ["run", "status", "queue", "top", "check", "monitor", "reap", "log", "report", "stop", "env", "init", "hooks", "schedule", "completion", "doctor"];

    [TestMethod]
    [DataRow("--help")]
    [DataRow("-h")]
    [DataRow("")]
    public void The_program_shows_what_is_built_and_nothing_else(string argument)
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run(argument.Length == 0 ? [] : [argument]);
        Assert.AreEqual(0, result.ExitCode);
        Assert.AreEqual("", result.Error);
        string[] verbs = [.. result.Output.Split("Commands:\n")[1].Split("\n\n")[0].Split('\n').Select(l => l.Trim().Split(' ')[0])];
        CollectionAssert.AreEqual(Built, verbs);
        StringAssert.Contains(result.Output, "Examples:\n  buildguard run -- dotnet build");
    }

    [TestMethod]
    public void Every_verb_has_examples()
    {
        using var sandbox = new Sandbox();
        foreach (string verb in Built)
        {
            Result result = sandbox.Run(verb, "--help");
            Assert.AreEqual(0, result.ExitCode, result.Error);
            StringAssert.Contains(result.Output, $"Examples:\n  buildguard {verb}");
        }
    }

    [TestMethod]
    public void What_is_between_tasks_and_helper_is_not_shown()
    {
        using var sandbox = new Sandbox();
        string help = sandbox.Run("run", "--help").Output;
        foreach (string hidden in (string[])["--messages", "--with-parent", "--kind", "--property"])
        {
            Assert.IsFalse(help.Contains(hidden, StringComparison.Ordinal), hidden);
        }

        StringAssert.Contains(help, "buildguard run [OPTIONS] -- COMMAND [ARG...]");
    }

    [TestMethod]
    public void Help_behind_the_command_is_the_commands_own()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run("run", "--preflight", "off", "--", "sh", "-c", "echo \"$0\"", "--help");
        Assert.AreEqual("--help\n", result.Output, result.Error);
    }

    [TestMethod]
    public void The_version_is_a_version()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run("--version");
        Assert.AreEqual(0, result.ExitCode);
        Assert.IsTrue(Version.TryParse(result.Output.Trim().Split('-')[0], out _), result.Output);
    }

    [TestMethod]
    public void Words_are_completed()
    {
        using var sandbox = new Sandbox();
        Assert.AreEqual("status\n", sandbox.Run("[suggest]", "sta").Output);
    }
}
