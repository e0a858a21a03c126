using BuildGuard.Diagnostics;
using BuildGuard.Preflight;

namespace BuildGuard.Leases;

/// <summary>A place in a queue; once granted, a lease. Ends with the process that took it, however that ends.</summary>
public sealed class Ticket : IDisposable
{
    private const int Waiting = 0;
    private const int Granted = 1;
    private const int Ended = 2;

    private readonly Node _node;
    private readonly NodeMutex _mutex;
    private readonly TicketFile _file;
    private readonly int _slots;
    private readonly TurnSignal? _turn;
    private readonly Sleep _sleep;
    private Ahead _ahead;
    private PreflightNotice? _notice;
    private int _phase = Waiting;

    internal Ticket(Node node, NodeMutex mutex, TicketName name, TicketFile file, int slots)
    {
        _node = node;
        _mutex = mutex;
        Name = name;
        _file = file;
        _slots = slots;
        _sleep = new Sleep(node, slots);
        _ahead = new Ahead(slots);
        _turn = slots > 1 ? node.SignalOf(name) : null;
        Lease = node.LeaseOf(name);
    }

    /// <summary>The name of the lease that this ticket is or becomes.</summary>
    public LeaseId Lease { get; }

    /// <summary>Whether somebody stands before this ticket, as far as is known.</summary>
    public bool MustWait => _ahead.MustWait;

    /// <summary>Whether the ticket is a lease now.</summary>
    public bool IsGranted => Volatile.Read(ref _phase) == Granted;

    /// <summary>Whether the ticket's file still stands in its directory.</summary>
    public bool IsInPlace => _file.IsInPlace();

    /// <summary>When it was given back, by the wall clock, for people: just before anybody could be granted behind it; <c>null</c>: it was not.</summary>
    public DateTimeOffset? ReleasedAt { get; private set; }

    internal TicketName Name { get; }

    internal Node Node => _node;

    /// <summary>
    /// Leases under the same node whose holders are dead, and tickets that cannot be understood, to be ended before the
    /// turn is used.
    /// </summary>
    internal List<LeaseId> Leftovers
    {
        get
        {
            if (_ahead.Leftovers.Count == 0 && _ahead.Damaged.Count == 0 && _sleep.Died.Count == 0)
            {
                return [];
            }

            List<TicketName> names = [.. _ahead.Leftovers];
            foreach (TicketName other in _sleep.Died.Concat(_ahead.Damaged))
            {
                if (!names.Contains(other))
                {
                    names.Add(other);
                }
            }

            return names.ConvertAll(_node.LeaseOf);
        }
    }

    /// <summary>Held tickets without a file that stand before this one.</summary>
    internal List<(TicketName Name, TicketFile File)> Ghosts => _ahead.Ghosts;

    internal void TakePlace(Ahead ahead) => _ahead = ahead;

    /// <summary>
    /// Sleeps until the turn comes, without using the CPU. Returns at once if nobody stands before.
    /// </summary>
    public Turn Wait()
    {
        while (MustWait)
        {
            if (_sleep.Once(_ahead))
            {
                continue;
            }

            if (!IsStillRight())
            {
                return NotMyTurn;
            }

            LookAgain();
        }

        _ahead.Dispose();
        return IsStillRight() ? Turn.Come : NotMyTurn;
    }

    /// <summary>
    /// Says for what this ticket waits although its turn has come, until it is granted or left. Best effort: where it cannot
    /// be written nobody is told, and nothing else changes.
    /// </summary>
    public void Say(PreflightWait wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        try
        {
            _notice ??= _node.NoticeOf(Name);
            _notice.Write(wait);
        }
        catch (GuardException)
        {
            return;
        }

        if (Volatile.Read(ref _phase) == Ended)
        {
            // Left by another thread, which may have tidied up before the file was there.
            _notice.Dispose();
        }
    }

    /// <summary>Says that something stands ready for this ticket's turn, before it does: whoever finds the ticket dead removes it.</summary>
    public void Announce(GrantRecord prepared) => _file.WriteAhead(prepared);

    /// <summary>
    /// Makes the ticket a lease. <c>false</c>: its place was lost in this moment, so a new one must be taken after
    /// <see cref="LeaseTree.Release"/>: the lease around it ended, or somebody deleted its file.
    /// </summary>
    /// <exception cref="InvalidOperationException">The ticket was left meanwhile.</exception>
    public bool Grant(GrantRecord grant)
    {
        if (Interlocked.CompareExchange(ref _phase, Granted, Waiting) != Waiting)
        {
            throw new InvalidOperationException("the ticket was left");
        }

        _file.Write(grant);
        _mutex.LastGranted = Name;
        _turn?.Dispose();
        _notice?.Dispose();

        // From here on a newcomer misses us if our file is deleted, so it is enough to look once more now.
        if (IsStillRight() && (_mutex.IsInPlace || BeKnownToNewMutex()))
        {
            return true;
        }

        GiveBackName();
        return false;
    }

    /// <summary>
    /// Our place was lost before we wrote our name, so another may have been granted meanwhile, and our name stands where
    /// its own should. Until it does no more, everybody misses us, and looks.
    /// </summary>
    private void GiveBackName()
    {
        if (!_mutex.IsInPlace)
        {
            return;
        }

        using (_mutex.Enter())
        {
            if (_mutex.LastGranted == Name)
            {
                _mutex.LastGranted = _node.Holders.AnyHeld(except: Name);
            }
        }
    }

    /// <summary>
    /// Somebody deleted the mutex while we waited, and there is, or will be, another, in which our name must stand too.
    /// Deleted later it is no concern of ours: whoever makes the next one looks who holds.
    /// </summary>
    private bool BeKnownToNewMutex()
    {
        using (_mutex.Enter())
        {
            _mutex.LastGranted = Name;
        }

        return IsStillRight();
    }

    /// <summary>Says that the lease is ending: from now on it takes no children.</summary>
    internal void BeginEnd() => _file.Write(TicketState.Ending);

    /// <summary>
    /// Gives the lease back; the next one wakes. The caller has proven that nothing of it runs any more.
    /// The lock goes first and the file after it: tidying is not what the next one waits for.
    /// </summary>
    /// <param name="tidy">As in <see cref="LeaseTree.Release"/>.</param>
    internal void Release(Action? tidy)
    {
        if (Interlocked.CompareExchange(ref _phase, Ended, Granted) != Granted)
        {
            return;
        }

        ReleasedAt = DateTimeOffset.UtcNow;
        _file.WriteEnd(_slots == 1 ? TicketState.Released : TicketState.Vacated);
        Forget(Name);
        if (!_file.IsInPlace())
        {
            LeaveNoOther();
        }

        bool isAwaited = _mutex.Counter > Name.Number;
        _file.Dispose();
        if (isAwaited)
        {
            // The kernel wakes the next one on this processor, if it has no idle one, and would have it wait for our tidying.
            _ = Thread.Yield();
        }

        try
        {
            tidy?.Invoke();
        }
        finally
        {
            _node.Remove(Name);
            _mutex.Dispose();
        }
    }

    /// <summary>
    /// Leaves the queue at once. May be called while another thread is in <see cref="Wait"/>; that thread sleeps on and
    /// is told when it wakes, so the program is expected to end.
    /// </summary>
    /// <returns>Whether it was still waiting; <c>false</c>: it has become a lease, or has ended before.</returns>
    public bool Leave()
    {
        if (Interlocked.CompareExchange(ref _phase, Ended, Waiting) != Waiting)
        {
            return false;
        }

        if (_file.IsInPlace())
        {
            _node.Remove(Name);
        }
        else
        {
            _node.RemoveOther(Name);
        }

        _turn?.Dispose();
        _file.Dispose();
        return true;
    }

    /// <summary>
    /// Somebody put another file in the place of ours, or took the whole queue away, and who found us missing wrote our name down.
    /// Both goes before the lock: afterwards it would look as if a holder had died.
    /// </summary>
    private void LeaveNoOther()
    {
        _node.RemoveOther(Name);
        if (!_mutex.IsInPlace)
        {
            using NodeMutex other = _node.MakeMutex();
            other.Forget(Name);
        }
    }

    /// <summary>Notes that a lease has been ended, so that nobody misses it.</summary>
    internal void Forget(TicketName lease) => _mutex.Forget(lease);

    /// <summary>Closes everything. A ticket that was neither released nor left looks like one whose holder died.</summary>
    public void Dispose()
    {
        _turn?.Dispose();
        _notice?.Dispose();
        _file.Dispose();
        _ahead.Dispose();
        _mutex.Dispose();
    }

    private Turn NotMyTurn => Volatile.Read(ref _phase) == Ended ? Turn.Left : Turn.Displaced;

    private bool IsStillRight() => _file.IsInPlace() && _node.Holders.ParentIsLive();

    private void LookAgain()
    {
        _ahead.Dispose();
        using (_mutex.Enter())
        {
            if (_mutex.LastGranted is { } holder && _sleep.Gone.Contains(holder))
            {
                _mutex.LastGranted = null;
            }

            NodeListing listing = _node.Listing();
            _ahead = LookAhead.Look(_node, Name, _slots, _mutex, listing, Missing.Find(_node, _mutex, listing));
        }
    }
}
