namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>Two PID namespaces with one state directory, and a helper that is killed in one: BG4008.</summary>
[TestClass]
public sealed class OtherNamespaceTests
{
    // In the first one: the helper is killed, and then whatever the test asks for is done.
    private const string First = """
        $HELPER run --preflight off -- sh -c 'setsid sleep 95 & echo $PPID > holder.new; mv holder.new holder; exec sleep 94' &
        until [ -s holder ]; do sleep 0.05; done
        kill -9 $(cat holder)
        wait
        touch killed
        until [ -e looked ]; do sleep 0.05; done
        $HELPER $AGAIN
        grep -l 95 /proc/[0-9]*/cmdline
        true
        """;

    // The shell in the outer one, from which both are made.
    private const string Both = """
        export BUILDGUARD_CONTAINMENT=bare
        unshare --pid --fork --kill-child --mount-proc bash first > said 2> told &
        until [ -e killed ]; do sleep 0.05; done
        unshare --pid --fork --kill-child --mount-proc $HELPER $LOOK
        echo code $?
        pgrep -c -f '^sleep 95'
        touch looked
        wait
        pgrep -c -f '^sleep 95'
        cat said told
        ls state/unseen
        true
        """;

    [TestMethod]
    [DataRow("reap", "reap")]
    [DataRow("reap", "run --preflight off -- true")]
    [DataRow("run --preflight off -- true", "reap")]
    [DataRow("run --preflight off -- true", "run --preflight off -- true")]
    public void What_cannot_be_seen_is_not_said_to_be_gone_and_is_ended_where_it_can_be(string look, string again)
    {
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "first"), First);
        Result result = PidNamespace.Run(sandbox, $"export LOOK='{look}' AGAIN='{again}' BUILDGUARD_STATE_DIR=$PWD/state; {Both}");
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int code = Array.IndexOf(lines, "code 0");
        Assert.IsGreaterThanOrEqualTo(0, code, result.Output + result.Error);
        Assert.AreEqual("1", lines[code + 1], "it runs on: " + result.Output + result.Error);
        Assert.AreEqual("0", lines[code + 2], "it is ended: " + result.Output + result.Error);
        Assert.DoesNotContain("left nothing running", result.Output);
        StringAssert.Contains(look == "reap" ? result.Output : result.Error, look == "reap" ? "cannot be seen from here" : "BG4008");
    }

    /// <summary>From outside, where the processes of all inside are seen.</summary>
    [TestMethod]
    public void On_the_host_it_is_ended_at_once()
    {
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "first"), First);
        Result result = PidNamespace.Run(sandbox, $"export AGAIN=reap BUILDGUARD_STATE_DIR=$PWD/state; {Both.Replace("unshare --pid --fork --kill-child --mount-proc $HELPER $LOOK", "$HELPER reap", StringComparison.Ordinal)}");
        StringAssert.Contains(result.Output, ": 1 process");
        StringAssert.Contains(result.Output, "code 0\n0\n0\n", result.Output + result.Error);
    }
}
