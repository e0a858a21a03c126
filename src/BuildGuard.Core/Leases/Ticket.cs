namespace BuildGuard.Leases;

/// <summary>What came of waiting.</summary>
public enum Turn
{
    /// <summary>The turn has come. Leftovers of dead holders are to be ended first.</summary>
    Come,

    /// <summary>
    /// The queue is no longer the right one: its lease has ended, or its directory was deleted. A new place must be taken.
    /// </summary>
    Displaced,
}

/// <summary>A place in a queue; once granted, a lease. Ends with the process that took it, however that ends.</summary>
public sealed class Ticket : IDisposable
{
    private readonly Node _node;
    private readonly NodeMutex _mutex;
    private readonly TicketName _name;
    private readonly TicketFile _file;
    private readonly int _slots;
    private readonly TurnSignal? _turn;
    private List<TicketFile> _ghosts = [];
    private Ahead _ahead = new();
    private int _ended;

    internal Ticket(Node node, NodeMutex mutex, TicketName name, TicketFile file, int slots)
    {
        _node = node;
        _mutex = mutex;
        _name = name;
        _file = file;
        _slots = slots;
        _turn = slots > 1 ? node.SignalOf(name) : null;
        Lease = node.LeaseOf(name);
    }

    /// <summary>The name of the lease that this ticket is or becomes.</summary>
    public LeaseId Lease { get; }

    /// <summary>Whether somebody stands before this ticket, as far as is known.</summary>
    public bool MustWait => _ghosts.Count > 0 || _ahead.Living.Count >= _slots;

    /// <summary>Leases under the same node whose holders are dead, to be ended before the turn is used.</summary>
    internal IReadOnlyList<LeaseId> Leftovers => _ahead.Leftovers.ConvertAll(_node.LeaseOf);

    /// <summary>Tickets under the same node that cannot be understood.</summary>
    internal IReadOnlyList<LeaseId> Damaged => _ahead.Damaged.ConvertAll(_node.LeaseOf);

    internal Node Node => _node;

    internal void TakePlace(List<TicketFile> ghosts, Ahead ahead)
    {
        _ghosts = ghosts;
        _ahead = ahead;
    }

    /// <summary>
    /// Sleeps until the turn comes, without using the CPU. Returns at once if nobody stands before.
    /// </summary>
    public Turn Wait()
    {
        foreach (TicketFile ghost in _ghosts)
        {
            ghost.WaitUntilFree();
            ghost.Dispose();
        }

        _ghosts.Clear();
        while (_ahead.Living.Count >= _slots)
        {
            bool releasedInOrder = _slots == 1 ? WaitForPredecessor() : WaitForAny();
            if (!IsStillRight())
            {
                return Turn.Displaced;
            }

            if (releasedInOrder)
            {
                // Whoever was before it had gone before it was granted, and nobody came between it and us.
                _ahead.Living.Clear();
            }
            else
            {
                _ahead = _node.LookAgain(_mutex, _name, _slots);
            }
        }

        foreach ((_, TicketFile file) in _ahead.Living)
        {
            file.Dispose();
        }

        return IsStillRight() ? Turn.Come : Turn.Displaced;
    }

    /// <summary>
    /// Makes the ticket a lease. <c>false</c>: the lease around it ended in this moment, so a new place must be taken.
    /// </summary>
    public bool Grant(GrantRecord grant)
    {
        _file.Write(grant);
        IsGranted = true;
        _mutex.Holder = _name;
        _turn?.Dispose();
        return _node.ParentIsLive();
    }

    /// <summary>Says that the lease is ending: from now on it takes no children.</summary>
    internal void BeginEnd() => _file.Write(TicketState.Ending);

    /// <summary>
    /// Gives the lease back; the next one wakes. The caller has proven that nothing of it runs any more.
    /// The lock goes first and the file after it: tidying is not what the next one waits for.
    /// </summary>
    internal void Release()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        _file.Write(TicketState.Released);
        if (_mutex.Holder == _name)
        {
            _mutex.Holder = null;
        }

        _file.Dispose();
        _node.Remove(_name);
        _mutex.Dispose();
    }

    /// <summary>
    /// Leaves the queue at once. May be called while another thread is in <see cref="Wait"/>; that thread learns
    /// nothing of it, so the program is expected to end.
    /// </summary>
    public void Leave()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        _node.Remove(_name);
        _turn?.Dispose();
        _file.Dispose();
    }

    /// <summary>Whether the ticket has become a lease.</summary>
    public bool IsGranted { get; private set; }

    /// <summary>Whether the ticket's file still stands in its directory.</summary>
    public bool IsInPlace => _file.IsInPlace();

    /// <summary>Closes everything. A ticket that was neither released nor left looks like one whose holder died.</summary>
    public void Dispose()
    {
        _turn?.Dispose();
        _file.Dispose();
        _mutex.Dispose();
    }

    private bool IsStillRight() => _file.IsInPlace() && _node.ParentIsLive();

    /// <summary>One slot: sleeps on the nearest ticket before us. Tells whether it ended as a released lease.</summary>
    private bool WaitForPredecessor()
    {
        using TicketFile predecessor = _ahead.Living[0].File;
        predecessor.WaitUntilFree();
        return predecessor.ReadState() == TicketState.Released;
    }

    /// <summary>
    /// Several slots: whoever has a waiting ticket before it sleeps until that one is granted or gone; only the first
    /// waiter sleeps on the holders, on all of them at once.
    /// </summary>
    private bool WaitForAny()
    {
        try
        {
            (TicketName nearest, TicketFile file) = _ahead.Living[0];
            if (file.ReadState() == TicketState.Waiting)
            {
                if (!_node.WaitForSignal(nearest))
                {
                    file.WaitUntilFree();
                }

                return false;
            }

            FirstFree.Wait(_ahead.Living.ConvertAll(l => l.File));
            _ahead.Living.Clear();
            return false;
        }
        finally
        {
            foreach ((_, TicketFile file) in _ahead.Living)
            {
                file.Dispose();
            }
        }
    }
}
