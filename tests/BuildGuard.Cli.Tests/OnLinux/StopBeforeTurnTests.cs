namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>
/// The emergency stop ends whoever has the turn and whoever waits for it: the one that is next comes to it in that moment, and is not
/// to start anything, however late the signal reaches it.
/// </summary>
[TestClass]
public sealed class StopBeforeTurnTests
{
    /// <summary>One that ignores SIGTERM stands for one that has not got it yet.</summary>
    [TestMethod]
    public void Who_comes_to_its_turn_by_the_stop_leaves()
    {
        using var sandbox = new Sandbox();
        AssertNotStarted(sandbox, "");
    }

    /// <summary>The holder, of whom no ticket tells, is ended before those that wait.</summary>
    [TestMethod]
    [DataRow("echo x > $BUILDGUARD_STATE_DIR/locks/user/1-*")]
    [DataRow("rm $BUILDGUARD_STATE_DIR/locks/user/1-*")]
    public void Who_waits_behind_a_holder_without_a_ticket_leaves_too(string damage)
    {
        using var sandbox = new Sandbox();
        AssertNotStarted(sandbox, damage);
    }

    private static void AssertNotStarted(Sandbox sandbox, string damage)
    {
        Result result = OutputTests.Shell(sandbox, $$"""
            $HELPER run --preflight off --quiet -- sh -c 'touch held; exec sleep 60' & HOLDER=$!
            until [ -e held ]; do sleep 0.02; done
            {{damage}}
            sh -c 'trap "" TERM; exec $0 "$@"' $HELPER run --preflight off --report report -- touch ran 2> waiter & WAITER=$!
            until grep -q BG1001 waiter; do sleep 0.02; done
            $HELPER stop --yes > stopped || cat stopped
            wait $WAITER; echo waiter $?
            wait $HOLDER
            [ -e ran ] && echo ran
            grep -o 'BG1006: [^;]*;' waiter
            grep -o '"outcome": *"[a-z]*"' report
            """);
        Assert.AreEqual(
            "waiter 143\nBG1006: stopped by 'buildguard stop' while it waited for the turn;\n\"outcome\": \"cancelled\"\n",
            result.Output.Replace("\"outcome\":\"", "\"outcome\": \"", StringComparison.Ordinal),
            result.Error);
    }
}
