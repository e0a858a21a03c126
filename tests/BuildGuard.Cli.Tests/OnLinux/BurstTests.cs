using System.Text.Json;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>Processes that come and go between two looks.</summary>
[TestClass]
public sealed class BurstTests
{
    [TestMethod]
    public void They_are_in_the_figure_where_the_kernel_keeps_one()
    {
        if (Environment.UserName != "root" || !Directory.Exists("/sys/fs/cgroup/pids") || Environment.OSVersion.Version < new Version(6, 1))
        {
            Assert.Inconclusive("needs root, control groups of version 1 and Linux 6.1");
        }

        using var sandbox = new Sandbox();
        string report = Path.Combine(sandbox.Root, "report.json");

        // Until the shell collects them, which it does not before it waits, they are tasks of the group.
        Result result = sandbox.Run(
            [("BUILDGUARD_CONTAINMENT", "cgroupV1")],
            "run", "--preflight", "off", "--report", report, "--", "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do (:) & done; wait");

        Assert.AreEqual(0, result.ExitCode, result.Error);
        using var json = JsonDocument.Parse(File.ReadAllText(report));
        Assert.IsGreaterThan(4, json.RootElement.GetProperty("peakProcesses").GetInt32());
    }
}
