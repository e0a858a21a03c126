using BuildGuard.Leases.Taker;
using BuildGuard.Leases.Tests.Simulation;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Leases.Tests;

/// <summary>The queue inside a session is made before the session is granted.</summary>
[TestClass]
public sealed class SessionQueueTests : IDisposable
{
    private static readonly LeaseRecord s_record = new()
    {
        Kind = LeaseKind.Session,
        Holder = World.IdentityOf(1001),
        Label = "session",
        User = "tester",
        EnqueuedAt = DateTimeOffset.UnixEpoch,
    };

    private readonly World _world = new();
    private readonly CountedSearches _steps = new();
    private readonly LeaseTree _tree;

    public SessionQueueTests()
    {
        SimulatedProcess process = _world.Create();
        _tree = new LeaseTree(new SteppedFiles(new UnixStateFiles(), _steps), process, process, _world.State.Layout);
    }

    public void Dispose() => _world.Dispose();

    /// <summary>The search for deleted files takes the kernel 10 ms and more.</summary>
    [TestMethod]
    [DataRow(true, 0)]
    [DataRow(false, 1)]
    public void The_first_inside_looks_for_deleted_files_only_where_the_queue_is_new_to_it(bool isMade, int searches)
    {
        using Ticket session = Granted(null, isMade);
        _steps.Searches = 0;

        using Ticket inside = Granted(session.Lease.Value, isMade: false);

        Assert.AreEqual(session.Lease, inside.Lease.Parent);
        Assert.AreEqual(searches, _steps.Searches);
        _tree.Release(inside);
        _tree.Release(session);
        Assert.IsEmpty(_world.State.Leftovers());
    }

    [TestMethod]
    public void Nothing_is_left_of_it_when_the_session_is_not_granted()
    {
        using Ticket session = _tree.Enter(LockName.User, null, s_record, 1);
        Assert.AreEqual(Turn.Come, _tree.Wait(session));
        _tree.MakeQueue(session.Lease);

        _tree.RemoveQueue(session.Lease);
        session.Leave();

        Assert.IsEmpty(_world.State.Leftovers());
    }

    private Ticket Granted(string? variable, bool isMade)
    {
        Ticket ticket = _tree.Enter(LockName.User, variable, s_record, 1);
        Assert.AreEqual(Turn.Come, _tree.Wait(ticket));
        if (isMade)
        {
            _tree.MakeQueue(ticket.Lease);
        }

        Assert.IsTrue(ticket.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
        return ticket;
    }

    private sealed class CountedSearches : ISteps
    {
        public int Searches { get; set; }

        public bool MayBlock => true;

        public T Do<T>(string step, string path, Func<T> action)
        {
            Searches += step == "openLocked" ? 1 : 0;
            return action();
        }

        public void Opened(LockFile file)
        {
        }

        public void Close(LockFile file) => file.Dispose();
    }
}
