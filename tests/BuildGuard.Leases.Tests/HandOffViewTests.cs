using BuildGuard.Leases.Tests.Simulation;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;

namespace BuildGuard.Leases.Tests;

/// <summary>Who looks while the turn goes round faster than that takes sees nothing that never was.</summary>
[TestClass]
public sealed class HandOffViewTests
{
    private const int Workers = 4;
    private const int HandOffsEach = 1000;
    private const int Looks = 100;

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void At_most_as_many_hold_as_may_and_everybody_is_seen_once(int slots)
    {
        using var world = new World();
        SimulatedProcess process = world.Create();
        var files = new UnixStateFiles();
        var tree = new LeaseTree(files, process, process, world.State.Layout);
        var reader = new TreeReader(files, world.State.Layout, process);
        int looks = 0;
        Task[] workers = [.. Enumerable.Range(0, Workers).Select(worker => Task.Factory.StartNew(() => TakeTurns(tree, worker, slots, () => Volatile.Read(ref looks) >= Looks), TaskCreationOptions.LongRunning))];
        for (; !Task.WhenAll(workers).IsCompleted; Interlocked.Increment(ref looks))
        {
            TreeSnapshot seen = reader.Look("user");
            string text = $"look {looks}: leases {string.Join(", ", seen.Leases.Select(lease => lease.Id))}; queue {string.Join(", ", seen.Queue.Select(ticket => ticket.Id))}";
            Assert.IsLessThanOrEqualTo(slots, seen.Leases.Count, text);
            Assert.IsTrue(seen.Leases.All(lease => lease.HolderAlive), $"nobody died. {text}");
            Assert.AreSequenceEqual(Enumerable.Range(1, seen.Queue.Count), seen.Queue.Select(ticket => ticket.Position), text);
            LeaseId[] all = [.. seen.Leases.Select(lease => lease.Id), .. seen.Queue.Select(ticket => ticket.Id)];
            Assert.IsLessThanOrEqualTo(Workers, all.Distinct().Count(), text);
            Assert.HasCount(all.Length, all.Distinct(), text);
            Assert.IsEmpty(seen.Unreadable, text);
        }

        Task.WaitAll(workers);
        Assert.IsEmpty(world.State.Leftovers());
    }

    /// <summary>In each look the turn is handed on between the reading of one ticket and that of the next, so none of them is still.</summary>
    [TestMethod]
    public void Where_it_never_holds_still_only_who_is_there_at_the_end_is_shown()
    {
        using var world = new World();
        SimulatedProcess process = world.Create();
        var tree = new LeaseTree(new UnixStateFiles(), process, process, world.State.Layout);
        Ticket[] tickets = [.. Enumerable.Range(0, 8).Select(number => tree.Enter("user", null, RecordOf(number), slots: 1))];
        int holder = 0;
        bool isSecond = false;
        Grant(tickets[0]);
        var reader = new TreeReader(new UnixStateFiles(), world.State.Layout, new AskedTable(process, asked =>
        {
            if (asked == RecordOf(holder).Holder && (isSecond = !isSecond))
            {
                tree.Release(tickets[holder]);
                Grant(tickets[++holder]);
            }
        }));

        TreeSnapshot seen = reader.Look("user");
        Assert.IsGreaterThan(2, holder, "each look has its own hand-off");
        Assert.AreEqual(tickets[holder].Lease, seen.Leases.Single().Id);
        Assert.HasCount(tickets.Length - holder - 1, seen.Queue);

        tree.Release(tickets[holder]);
        Array.ForEach(tickets, ticket => ticket.Leave());
        Array.ForEach(tickets, ticket => ticket.Dispose());
        Assert.IsEmpty(world.State.Leftovers());
    }

    private static void Grant(Ticket ticket)
    {
        Assert.AreEqual(Turn.Come, ticket.Wait());
        Assert.IsTrue(ticket.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
    }

    private static LeaseRecord RecordOf(int number) => new()
    {
        Kind = LeaseKind.Operation,
        Holder = World.IdentityOf(2000 + number),
        Label = "worker",
        User = "tester",
        EnqueuedAt = DateTimeOffset.UnixEpoch,
    };

    private static void TakeTurns(LeaseTree tree, int worker, int slots, Func<bool> isSeenEnough)
    {
        for (int i = 0; i < HandOffsEach || !isSeenEnough(); i++)
        {
            using Ticket ticket = tree.Enter("user", null, RecordOf(worker), slots);
            Assert.AreEqual(Turn.Come, tree.Wait(ticket));
            Assert.IsTrue(ticket.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
            tree.Release(ticket);
        }
    }

    /// <summary>Does something whenever it is asked how old a process is, which a viewer asks for each ticket once it is read.</summary>
    private sealed class AskedTable(IProcessTable table, Action<ProcessIdentity> asked) : IProcessTable
    {
        public ProcessIdentity Self => table.Self;

        public ProcessIdentity? Identify(int pid) => table.Identify(pid);

        public int ParentOf(int pid) => table.ParentOf(pid);

        public bool? IsAlive(ProcessIdentity process) => table.IsAlive(process);

        public char? StateOf(ProcessIdentity process) => table.StateOf(process);

        public TimeSpan? AgeOf(ProcessIdentity process)
        {
            asked(process);
            return table.AgeOf(process);
        }

        public ProcessRow? Describe(int pid) => table.Describe(pid);

        public IReadOnlyList<ProcessRow> DescendantsOf(int pid) => table.DescendantsOf(pid);

        public string UserName => table.UserName;
    }
}
