namespace BuildGuard.Cli.Tests;

/// <summary>Where command lines must not be recorded, none stands in what is written or said of a run.</summary>
[TestClass]
public sealed class SecretTests
{
    [TestMethod]
    [DataRow("--memory", "40M", "{ head -c 200000000 /dev/zero; sleep 1000; } | tail", 137, "BG3001", "Largest: ")]
    [DataRow("--processes", "4", "for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; wait", 137, "BG3002", "Largest: ")]
    [DataRow("--processes", "50", "sh -c 'sleep 1000; : hunter2' & sleep 0.3", 0, "BG4001", "sh (pid ")]
    public void Messages_and_the_report_name_processes_without_their_command_lines(string option, string limit, string script, int code, string message, string named)
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run(
            [("BUILDGUARD_RECORD_COMMANDS", "false")],
            "run", "--label", "deploy", "--preflight", "off", "--report", "report.json", option, limit, "--", "sh", "-c", $": hunter2; {script}");

        StringAssert.Contains(result.Error, $"{message}: ");
        StringAssert.Contains(result.Error, named);
        Assert.AreEqual(code, result.ExitCode, result.Error);
        string report = File.ReadAllText(Path.Combine(sandbox.Work, "report.json"));
        foreach (string text in (string[])[result.Error, result.Output, report])
        {
            Assert.DoesNotContain("hunter2", text);
            Assert.DoesNotContain("1000", text);
        }
    }
}
