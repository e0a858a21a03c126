namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>Where memory is counted by looking, a page that several processes have counts once.</summary>
[TestClass]
public sealed class JointMemoryTests
{
    private static readonly (string, string)[] Bare = [("BUILDGUARD_CONTAINMENT", "bare")];

    /// <summary>60 MB, nine times.</summary>
    [TestMethod]
    public void What_a_fork_shares_with_its_parent_breaks_no_limit()
    {
        using var sandbox = new Sandbox();
        string report = Path.Combine(sandbox.Root, "report.json");
        using Helper helper = sandbox.Start(
            Bare, "run", "--preflight", "off", "--memory", "400M", "--report", report, "--", "sh", "-c", Forks("read y <&3"));
        Assert.AreEqual("ready", helper.ReadLine());
        Looks.Await(helper.Pid);
        helper.CloseInput();
        Result result = helper.WaitForEnd();

        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.DoesNotContain("BG300", result.Error);
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(report));
        Assert.IsLessThan(400L << 20, json.RootElement.GetProperty("peakMemoryBytes").GetInt64());
    }

    /// <summary>While it is asked for their shares: who has gone has none.</summary>
    [TestMethod]
    public void What_forks_share_breaks_no_limit_while_they_come_and_go()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run(
            Bare, "run", "--preflight", "off", "--memory", "400M", "--processes", "100", "--", "sh", "-c",
            "x=$(head -c 60000000 /dev/zero | tr '\\0' x); for r in 1 2 3 4 5 6; do for i in 1 2 3 4 5 6 7 8; do (sleep 0.2; :) & done; wait; done; echo $x > /dev/null");

        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.DoesNotContain("BG300", result.Error);
    }

    /// <summary>Each writes to its pages, so that they become its own.</summary>
    [TestMethod]
    public void What_a_fork_has_of_its_own_does()
    {
        using var sandbox = new Sandbox();
        using Helper helper = sandbox.Start(
            Bare, "run", "--preflight", "off", "--memory", "400M", "--", "sh", "-c", Forks("x=${x}y; read y <&3; echo $x"));
        Result result = helper.WaitForEnd();

        Assert.AreEqual(137, result.ExitCode, result.Error);
        StringAssert.Contains(result.Error, "error BG3001: memory limit of 400M reached");
    }

    private static string Forks(string each) =>
        $"x=$(head -c 60000000 /dev/zero | tr '\\0' x); exec 3<&0; for i in 1 2 3 4 5 6 7 8; do ({each}; :) & done; echo ready; wait; echo $x > /dev/null";
}
