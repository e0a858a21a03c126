namespace BuildGuard.Leases;

/// <summary>A lease whose holder is dead.</summary>
/// <param name="Lease">Its name.</param>
/// <param name="Content">What its ticket says.</param>
/// <param name="Whose">Whose it is.</param>
public sealed record DeadLease(LeaseId Lease, TicketContent Content, LeaseUser Whose)
{
    /// <summary>Whether what it left can be seen from here; if not, it is set aside for those who can.</summary>
    public bool IsSeen { get; init; } = true;
}

/// <summary>
/// Ends the leases of dead holders for whoever cannot wait until the next one in the queue does it. See docs/lease-tree.md.
/// </summary>
public sealed class Reaper
{
    private readonly IStateFiles _files;
    private readonly StateLayout _layout;
    private readonly Ending _ending;

    /// <summary>A reaper of one state directory.</summary>
    public Reaper(IStateFiles files, ILeaseLeftovers leftovers, StateLayout layout)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(layout);
        (_files, _layout, _ending) = (files, layout, new Ending(files, layout, leftovers));
    }

    /// <summary>The leases that nobody holds any more, of every lock. Changes nothing.</summary>
    public IReadOnlyList<DeadLease> Find()
    {
        List<DeadLease> dead = [];
        ForEachDead((_, lease, file) => Add(dead, lease, file));
        _ending.ForEachSetAside((lease, content) => dead.Add(Describe(lease, content)));
        return dead;
    }

    /// <summary>
    /// Ends them: in each the processes first, then the lease. Leaves alone what another is ending already.
    /// </summary>
    /// <param name="found">Told of each before it is ended.</param>
    /// <returns>Those that were ended.</returns>
    /// <exception cref="Diagnostics.GuardException">BG4003: something of one cannot be ended; it stays a dead lease.</exception>
    public IReadOnlyList<DeadLease> Reap(Action<DeadLease> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        List<DeadLease> ended = [];
        ForEachDead((node, lease, file) =>
        {
            // The lock makes it look alive again, to whoever waits for it and to another who reaps, until it has ended.
            if (file.TryTakeOver() && Add(ended, lease, file))
            {
                found(ended[^1]);
                End(node, lease, file);
            }
        });
        _ending.EndSetAside(_ending.CanSee, (lease, content) =>
        {
            ended.Add(Describe(lease, content));
            found(ended[^1]);
        });
        return ended;
    }

    private bool Add(List<DeadLease> leases, LeaseId lease, TicketFile file)
    {
        if (file.Read() is not { State: TicketState.Granted or TicketState.Ending } content || !file.IsInPlace())
        {
            return false;
        }

        leases.Add(Describe(lease, content));
        return true;
    }

    private DeadLease Describe(LeaseId lease, TicketContent content) =>
        new(lease, content, LeaseUser.Of(_files, _layout, lease)) { IsSeen = _ending.CanSee(content) };

    private void End(Node node, LeaseId lease, TicketFile file)
    {
        _ending.EndDead(node, lease);
        using (NodeMutex mutex = node.MakeMutex())
        {
            mutex.Forget(lease.Ticket, () => node.Holders.FirstHeld(node.Listing()));
        }

        // Never "released": whoever sleeps on it is to look at the queue itself, for we have not waited in it.
        file.Write(TicketState.Vacated);
    }

    private void ForEachDead(Action<Node, LeaseId, TicketFile> action)
    {
        foreach (string name in _layout.LockNames(_files))
        {
            ForEachDead(new Node(_files, _layout, name, null), action);
        }
    }

    private void ForEachDead(Node node, Action<Node, LeaseId, TicketFile> action)
    {
        // What is inside another's lease is that user's, also to end.
        if (node.Parent is not null && _layout.IsShared(node.LockName) && !_files.IsOwn(node.Path))
        {
            return;
        }

        foreach (TicketName name in node.Names())
        {
            LeaseId lease = node.LeaseOf(name);
            using TicketFile? file = OpenOwn(lease);
            if (file?.ReadState() is not (TicketState.Granted or TicketState.Ending))
            {
                continue;
            }

            if (file.IsHeld() || node.Holders.IsLive(lease) || node.Holders.IsDisplaced(lease))
            {
                ForEachDead(new Node(_files, _layout, lease.Lock, lease), action);
            }
            else
            {
                action(node, lease, file);
            }
        }
    }

    /// <summary><c>null</c>: it is gone, or another user's, who alone can end what it left.</summary>
    private TicketFile? OpenOwn(LeaseId lease)
    {
        try
        {
            return TicketFile.Open(_files, _layout.TicketOf(lease), write: true);
        }
        catch (Diagnostics.GuardException) when (lease.Parent is null && _layout.IsShared(lease.Lock))
        {
            return null;
        }
    }
}
