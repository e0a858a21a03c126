namespace BuildGuard.Cli.Tests;

/// <summary>Whoever <c>buildguard stop</c> ends says why, and the trail tells of each what became of it.</summary>
[TestClass]
public sealed class StoppedReasonTests
{
    private static readonly (string, string) s_fit = ("BUILDGUARD_PREFLIGHT", "off");

    [TestMethod]
    [DataRow("locks")]
    [DataRow("")]
    public void Also_where_somebody_has_removed_the_state(string what)
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([s_fit], "run", "--", "sh", "-c", "echo ready; sleep 1000");
        Assert.AreEqual("ready", holder.ReadLine());
        using Helper waiting = sandbox.Start([s_fit], "run", "--", "true");
        waiting.AwaitError("BG1001");
        Directory.Delete(Path.Combine(sandbox.State, what), recursive: true);

        Result stop = sandbox.Run("stop", "--yes");
        Assert.AreEqual(0, stop.ExitCode, stop.Output + stop.Error);
        StringAssert.Contains(holder.WaitForEnd().Error, "BG1006: stopped by 'buildguard stop'; the whole process tree was ended");
        StringAssert.Contains(waiting.WaitForEnd().Error, "BG1006: stopped by 'buildguard stop' while it waited for the turn; nothing was run");
        Assert.IsEmpty(Directory.GetFiles(Path.Combine(sandbox.State, "locks", "user"), "*.stop"), "a mark is left");
        Assert.AreEqual(0, sandbox.Run([s_fit], "run", "--", "true").ExitCode);
    }

    [TestMethod]
    public void What_ran_inside_did_not_die_of_itself()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([s_fit], ["run", "--label", "outer", "--", .. Helper.Program, "run", "--label", "inner", "--", "sh", "-c", "echo ready; sleep 1000"]);
        Assert.AreEqual("ready", holder.ReadLine());
        Assert.AreEqual(0, sandbox.Run("stop", "--yes").ExitCode);
        holder.WaitForEnd();
        string trail = File.ReadAllText(sandbox.AuditFile);
        StringAssert.Contains(trail, "\"event\":\"stopped\"");
        Assert.DoesNotContain("died without cleaning up", trail);
    }
}
