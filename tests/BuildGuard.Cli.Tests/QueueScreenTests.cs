using BuildGuard.Cli.Views;
using BuildGuard.Leases;

namespace BuildGuard.Cli.Tests;

/// <summary>What <c>queue --watch</c> shows of a queue in a window of any height.</summary>
[TestClass]
public sealed class QueueScreenTests
{
    [TestMethod]
    [DataRow(4)]
    [DataRow(10)]
    [DataRow(24)]
    public void A_queue_taller_than_the_window_is_cut_below_the_next_in_line(int height)
    {
        IReadOnlyList<string> lines = QueueScreen.LinesOf(Tree(50), [], 80, height);
        Assert.IsLessThanOrEqualTo(height, lines.Count);
        StringAssert.Contains(lines[0], "holder (pid 99) has had the turn for");
        StringAssert.Contains(lines[1], "waiter 1");
        int shown = lines.Count(line => line.Contains("waiter ", StringComparison.Ordinal));
        Assert.AreEqual($"… {50 - shown} more", lines[^1]);
    }

    /// <summary>What is looked at once a second must not cost more for each row that could be shown.</summary>
    [TestMethod]
    public void The_table_is_made_once_of_no_more_rows_than_the_window_has()
    {
        int asked = 0;
        TreeSnapshot tree = Tree(500);
        var counted = new CountedQueue(tree.Queue, () => asked++);
        IReadOnlyList<string> lines = QueueScreen.LinesOf(tree with { Queue = counted }, [], 80, 40);
        Assert.HasCount(40, lines);
        Assert.IsLessThanOrEqualTo(2 * 40, asked);
    }

    [TestMethod]
    public void One_that_fits_is_shown_whole()
    {
        IReadOnlyList<string> lines = QueueScreen.LinesOf(Tree(5), [], 80, 24);
        Assert.AreEqual(5, lines.Count(line => line.Contains("waiter ", StringComparison.Ordinal)));
        Assert.DoesNotContain("more", string.Concat(lines));
        StringAssert.Contains(QueueScreen.LinesOf(Tree(0), [], 80, 24)[1], "Nobody waits under the lock user.");
    }

    private static TreeSnapshot Tree(int waiting) => new(
        "user",
        [new LeaseView(Id(1), Record("holder", 99), new GrantRecord(DateTimeOffset.UnixEpoch, ""), HolderAlive: true) { Age = TimeSpan.FromSeconds(7), Stopped = [] }],
        [.. Enumerable.Range(1, waiting).Select(n => new TicketView(n, Id(n + 1), Record($"waiter {n}", 100 + n)) { Age = TimeSpan.FromSeconds(3), Stopped = [] })]);

    private sealed class CountedQueue(IReadOnlyList<TicketView> queue, Action onAsked) : IReadOnlyList<TicketView>
    {
        public int Count => queue.Count;

        public TicketView this[int index]
        {
            get
            {
                onAsked();
                return queue[index];
            }
        }

        public IEnumerator<TicketView> GetEnumerator()
        {
            for (int i = 0; i < Count; i++)
            {
                yield return this[i];
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private static LeaseId Id(int number) => LeaseId.TryParse($"user/{number}-00000001", out LeaseId id) ? id : throw new InvalidOperationException("no lease");

    private static LeaseRecord Record(string label, int pid) => new()
    {
        Kind = LeaseKind.Operation,
        Holder = new(new string('0', 36), 1, pid, 1),
        Label = label,
        User = "tester",
        EnqueuedAt = DateTimeOffset.UnixEpoch,
    };
}
