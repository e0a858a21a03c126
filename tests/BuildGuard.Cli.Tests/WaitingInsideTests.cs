using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>Operations of one build that meet inside its lease.</summary>
[TestClass]
public sealed class WaitingInsideTests
{
    /// <summary>From this wait on, in milliseconds, it is told.</summary>
    private const int Patience = 1000;

    /// <summary>On a machine that is busy with other things it may take more than one try to wait for a moment only.</summary>
    [TestMethod]
    public void A_wait_of_a_moment_is_not_worth_a_word()
    {
        (int WaitedMilliseconds, string Said) second = Helper.Await(() => Meet("sleep 0.3"), s => s.WaitedMilliseconds is > 0 and < Patience);

        Assert.AreEqual("", second.Said);
    }

    [TestMethod]
    public void A_longer_one_is_told()
    {
        (int waited, string said) = Meet("until grep -q BG1001 said; do sleep 0.05; done");

        StringAssert.Contains(said, "BG1001: waiting for the turn at position 1");
        Assert.IsGreaterThanOrEqualTo(Patience, waited);
    }

    /// <summary>What the second of two operations waits for the first, which does something once the other waits, and what it says.</summary>
    private static (int WaitedMilliseconds, string Said) Meet(string first)
    {
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "first"), $"""
            until grep -q enqueued "$BUILDGUARD_STATE_DIR/audit/audit.jsonl"; do sleep 0.01; done
            {first}
            """);
        File.WriteAllText(Path.Combine(sandbox.Work, "both"), """
            $HELPER run -- sh -c 'touch running; . ./first' &
            until [ -e running ]; do sleep 0.01; done
            $HELPER run --report report -- true 2>said
            wait $!
            """);

        Result result = OutputTests.Shell(sandbox, "touch said; $HELPER run --preflight off -- sh ./both");

        Assert.AreEqual(0, result.ExitCode, result.Error);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(Path.Combine(sandbox.Work, "report")));
        return (report.RootElement.GetProperty("waitedMs").GetInt32(), File.ReadAllText(Path.Combine(sandbox.Work, "said")));
    }
}
