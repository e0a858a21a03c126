namespace BuildGuard.Cli.Tests;

/// <summary>At four fifths of a limit there is one warning; nothing is ended for it.</summary>
[TestClass]
public sealed class NearLimitTests
{
    [TestMethod]
    [DataRow("--processes", "6", "sleep 1000 & sleep 1000 & sleep 1000 & cat", "5 processes of at most 6 are running")]
    [DataRow("--processes", "5", "sleep 1000 & sleep 1000 & cat", "4 processes of at most 5 are running")]
    [DataRow("--memory", "100M", "{ head -c 88000000 /dev/zero; sleep 1000; } | tail & cat", "of the memory limit of 100M are in use")]
    public void It_is_said_once(string option, string limit, string script, string expected)
    {
        using var sandbox = new Sandbox();

        // tail keeps a line without an end in memory, until its input ends: not before the sleep.
        using Helper helper = sandbox.Start([], "run", "--preflight", "off", option, limit, "--", "sh", "-c", script);
        helper.AwaitError("BG3005");
        helper.CloseInput();
        Result result = helper.WaitForEnd();

        Assert.AreEqual(1, result.Error.Split("BG3005: ").Length - 1, result.Error);
        StringAssert.Contains(result.Error, expected);
        Assert.DoesNotContain("BG3001", result.Error);
        Assert.DoesNotContain("BG3002", result.Error);
    }

    /// <summary>One that used most of the memory before, and has ended, has nothing to do with it.</summary>
    [TestMethod]
    public void Who_has_ended_before_is_not_named_when_another_limit_is_reached()
    {
        using var sandbox = new Sandbox();
        using Helper helper = sandbox.Start(
            [], "run", "--preflight", "off", "--memory", "100M", "--processes", "8", "--", "sh", "-c",
            "{ head -c 88000000 /dev/zero; cat; } | tail > /dev/null; for i in 1 2 3 4 5 6 7 8 9; do sleep 1000 & done; wait");
        helper.AwaitError("of the memory limit of 100M are in use");
        helper.CloseInput();
        Result result = helper.WaitForEnd();
        Assert.AreEqual(137, result.ExitCode, result.Error);
        StringAssert.Contains(result.Error, "error BG3002: process limit of 8 exceeded");
        StringAssert.Contains(result.Error, "× sleep");
        StringAssert.Matches(result.Error, new(@" Largest: \S+ \(pid \d+, [^:)]+: (sh -c|sleep 1000|cat)"));
        Assert.DoesNotContain("tail (pid", result.Error);
    }
}
