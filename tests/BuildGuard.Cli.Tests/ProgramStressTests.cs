using System.Diagnostics;

namespace BuildGuard.Cli.Tests;

/// <summary>A short run of the stress program with the real program.</summary>
[TestClass]
public sealed class ProgramStressTests
{
    [TestMethod]
    public void Runs_their_commands_and_prepared_processes_killed_at_random_break_nothing()
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "stress.dll"), "--helper", Helper.Program[^1], "--contenders", "4", "--acquisitions", "40", "--kills", "12"];
        using Process stress = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        string said = stress.StandardOutput.ReadToEnd();
        stress.WaitForExit();
        Assert.AreEqual(0, stress.ExitCode, said);
        StringAssert.Contains(said, "violations 0");
    }
}
