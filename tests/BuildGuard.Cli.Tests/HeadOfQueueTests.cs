using System.Text.Json;
using System.Text.RegularExpressions;

namespace BuildGuard.Cli.Tests;

/// <summary>The first one in the queue when its turn has come and the machine is not fit for it.</summary>
[TestClass]
public sealed class HeadOfQueueTests
{
    private static readonly string[] Demanding =
        ["run", "--label", "demanding", "--preflight", "wait", "--min-free-memory", "1000T", "--max-load", "none", "--", "true"];

    [TestMethod]
    public void It_is_shown_as_the_first_with_what_it_waits_for()
    {
        using var sandbox = new Sandbox();
        using Helper head = sandbox.Start([], Demanding);
        JsonElement first = AwaitHead(sandbox);
        Assert.AreEqual(1, first.GetProperty("position").GetInt32());
        Assert.AreEqual(head.Pid, first.GetProperty("pid").GetInt32());
        JsonElement wait = first.GetProperty("waitsFor").EnumerateArray().Single();
        Assert.AreEqual("memory", wait.GetProperty("what").GetString());
        Assert.AreEqual(1000L << 40, wait.GetProperty("requiredBytes").GetInt64());
        Assert.IsGreaterThan(0, wait.GetProperty("freeBytes").GetInt64());

        string expected = $@"demanding \(pid {head.Pid}\) is first in the queue, where it has been for \S+, and keeps the turn while it waits for memory \(1000T required, \S+ free\)\.";
        Result status = sandbox.Run("status");
        StringAssert.Matches(status.Output, new Regex(expected));
        Assert.IsFalse(status.Output.Contains("Nobody holds the turn.", StringComparison.Ordinal));
        StringAssert.Matches(sandbox.Run("queue").Output, new Regex(expected));
        Assert.IsTrue(sandbox.Run("queue", "--json").Json.GetProperty("queue")[0].TryGetProperty("waitsFor", out _));
    }

    [TestMethod]
    public void Those_behind_it_are_told_whom_they_wait_for()
    {
        using var sandbox = new Sandbox();
        using Helper head = sandbox.Start([], Demanding);
        AwaitHead(sandbox);
        using Helper second = sandbox.Start([], "run", "--preflight", "off", "--", "true");
        Helper.Await(() => Queue(sandbox), q => q.GetArrayLength() == 2);
        string? enqueued = Helper.Await(() => EnqueuedLine(sandbox), line => line is not null);
        Assert.AreEqual(2, JsonDocument.Parse(enqueued!).RootElement.GetProperty("position").GetInt32());

        head.Terminate();
        Result result = second.WaitForEnd();
        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.Matches(
            result.ErrorLine,
            new Regex($@"BG1001: waiting for the turn at position 2: 'demanding' \(pid {head.Pid}\), in the queue for \S+, is first and keeps it while it waits for memory \(1000T required, \S+ free\)"));
        Assert.AreEqual(0, Directory.GetFiles(Path.Combine(sandbox.State, "locks", "user"), "*.wait").Length);
    }

    [TestMethod]
    public void Nothing_of_it_stays_when_it_is_killed()
    {
        using var sandbox = new Sandbox();
        using (Helper head = sandbox.Start([], Demanding))
        {
            AwaitHead(sandbox);
            head.Kill();
        }

        Assert.AreEqual(0, Queue(sandbox).GetArrayLength());
        Assert.AreEqual(0, sandbox.Run("run", "--preflight", "off", "--", "true").ExitCode);
        Assert.AreEqual(0, Directory.GetFiles(Path.Combine(sandbox.State, "locks", "user"), "*.wait").Length);
    }

    /// <summary>Written a moment after the ticket is there.</summary>
    private static string? EnqueuedLine(Sandbox sandbox) => File.Exists(sandbox.AuditFile)
        ? File.ReadAllLines(sandbox.AuditFile).SingleOrDefault(line => line.Contains("\"enqueued\"", StringComparison.Ordinal))
        : null;

    private static JsonElement AwaitHead(Sandbox sandbox) =>
        Helper.Await(() => Queue(sandbox), q => q.GetArrayLength() == 1 && q[0].TryGetProperty("waitsFor", out _))[0];

    private static JsonElement Queue(Sandbox sandbox) => sandbox.Run("status", "--json").Json.GetProperty("queue");
}
