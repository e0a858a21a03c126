using BuildGuard.Leases.Taker;
using BuildGuard.Leases.Tests.Simulation;
using BuildGuard.Platform.Unix;
using BuildGuard.Preflight;

namespace BuildGuard.Leases.Tests;

/// <summary>Who a waiting ticket is told to stand behind, at every step of the one before it.</summary>
[TestClass]
public sealed class QueueStandingTests : IDisposable
{
    private readonly World _world = new();
    private readonly LeaseTree _tree;
    private readonly TreeReader _reader;

    public QueueStandingTests()
    {
        SimulatedProcess process = _world.Create();
        _tree = new LeaseTree(new UnixStateFiles(), process, process, _world.State.Layout);
        _reader = new TreeReader(new UnixStateFiles(), _world.State.Layout, process);
    }

    public void Dispose() => _world.Dispose();

    [TestMethod]
    public void The_one_before_it_is_named_from_its_entry_to_its_end()
    {
        using Ticket first = Enter("first");
        using Ticket second = Enter("second");
        using Ticket third = Enter("third");
        Assert.AreEqual(new QueueStanding(1, null, null), _reader.Ahead(first.Lease));

        // In the middle of its grant: the turn is its own already, so those behind it are counted from 1.
        Assert.AreEqual(Turn.Come, first.Wait());
        AssertFirst(1, waits: false, second);
        AssertFirst(2, waits: false, third);

        first.Say(new PreflightWait(4L << 30, 1L << 30, null, null));
        AssertFirst(2, waits: true, second);
        AssertFirst(3, waits: true, third);
        Assert.IsNotNull(_reader.Look("user").Queue[0].WaitsFor);
        Assert.IsNull(_reader.Look("user").Queue[1].WaitsFor);

        Assert.IsTrue(first.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
        QueueStanding standing = _reader.Ahead(third.Lease);
        Assert.AreEqual(2, standing.Position);
        Assert.AreEqual("first", standing.Holder!.Record.Label);
        Assert.IsNull(standing.First);

        _tree.Release(first);
        Assert.AreEqual(new QueueStanding(1, null, null), _reader.Ahead(second.Lease));
        Assert.AreEqual("second", _reader.Ahead(third.Lease).First!.Record.Label);
        second.Leave();
        third.Leave();
        Assert.IsEmpty(_world.State.Leftovers());
    }

    /// <summary>To look for files that were deleted takes milliseconds, and every newcomer to a busy queue meets one that is being granted.</summary>
    [TestMethod]
    public void A_holder_whose_file_was_deleted_is_looked_for_only_where_one_is_missed()
    {
        var steps = new CountedSteps();
        var reader = new TreeReader(new SteppedFiles(new UnixStateFiles(), steps), _world.State.Layout, _world.Create());
        using Ticket first = Enter("first");
        Assert.AreEqual(Turn.Come, first.Wait());
        Assert.IsTrue(first.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
        using Ticket second = Enter("second");
        using Ticket third = Enter("third");
        _tree.Release(first);
        Assert.AreEqual("second", reader.Ahead(third.Lease).First!.Record.Label);
        Assert.AreEqual(0, steps.OpenedLocked);

        Assert.AreEqual(Turn.Come, second.Wait());
        Assert.IsTrue(second.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
        File.Delete(_world.State.Layout.TicketOf(second.Lease));
        _ = reader.Ahead(third.Lease);
        Assert.AreEqual(1, steps.OpenedLocked);
        _tree.Release(second);
        third.Leave();
    }

    [TestMethod]
    public void A_notice_that_cannot_be_understood_is_none()
    {
        using Ticket first = Enter("first");
        using Ticket second = Enter("second");
        File.WriteAllText(_world.State.Layout.TicketOf(first.Lease) + ".wait", new string('9', PreflightWait.Length));
        AssertFirst(1, waits: false, second);

        // Nor does one that stands in the way stop anything.
        first.Say(new PreflightWait(1, 0, null, null));
        Assert.AreEqual(Turn.Come, first.Wait());
        Assert.IsTrue(first.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
        _tree.Release(first);
        second.Leave();
        Assert.IsEmpty(_world.State.Leftovers());
    }

    [TestMethod]
    public void What_is_said_after_it_was_left_stays_nowhere()
    {
        using Ticket first = Enter("first");
        first.Leave();
        first.Say(new PreflightWait(1, 0, null, null));
        Assert.IsEmpty(_world.State.Leftovers());
    }

    private void AssertFirst(int position, bool waits, Ticket ticket)
    {
        QueueStanding standing = _reader.Ahead(ticket.Lease);
        Assert.AreEqual(position, standing.Position);
        Assert.IsNull(standing.Holder);
        Assert.AreEqual("first", standing.First!.Record.Label);
        Assert.AreEqual(waits, standing.First.WaitsFor is not null);
    }

    private Ticket Enter(string label) => _tree.Enter(
        "user",
        null,
        new LeaseRecord
        {
            Kind = LeaseKind.Operation,
            Holder = World.IdentityOf(1001),
            Label = label,
            User = "tester",
            EnqueuedAt = DateTimeOffset.UnixEpoch,
        },
        slots: 1);

    private sealed class CountedSteps : ISteps
    {
        public bool MayBlock => true;

        public int OpenedLocked { get; private set; }

        public T Do<T>(string step, string path, Func<T> action)
        {
            OpenedLocked += step == "openLocked" ? 1 : 0;
            return action();
        }

        public void Opened(LockFile file)
        {
        }

        public void Close(LockFile file) => file.Dispose();
    }
}
