using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>
/// Reads the tree from its files. Takes no mutex, so it slows nobody down; a ticket that is being made is not shown
/// until it is written.
/// </summary>
/// <param name="files">The state files.</param>
/// <param name="layout">Where they lie.</param>
/// <param name="processes">Running processes.</param>
/// <param name="shown">What may be shown of command lines; <c>null</c>: what the tickets tell.</param>
public sealed class TreeReader(IStateFiles files, StateLayout layout, IProcessTable processes, ShownCommands? shown = null) : ITreeViewer
{
    /// <summary>In a queue where the turn goes round faster than it is read, no picture is ever still.</summary>
    private const int MaxLooks = 5;

    private readonly TicketViews _views = new(processes, shown);

    /// <inheritdoc/>
    public TreeSnapshot Look(string lockName)
    {
        var leases = new List<LeaseView>();
        var queue = new List<TicketView>();
        var unreadable = new List<UnreadableTicket>();
        bool isStill = false;
        for (int look = 0; look < MaxLooks && !isStill; look++)
        {
            leases.Clear();
            queue.Clear();
            unreadable.Clear();
            Read(new Node(files, layout, lockName, null), leases, queue, unreadable);
            isStill = leases.TrueForAll(IsStillThere);
        }

        if (!isStill)
        {
            // Whoever is still there was there together with the others that are.
            HashSet<LeaseId> gone = [.. leases.Where(lease => !IsStillThere(lease)).Select(lease => lease.Id)];
            _ = leases.RemoveAll(lease => IsIn(gone, lease.Id));
            _ = queue.RemoveAll(ticket => IsIn(gone, ticket.Id));
        }

        return new TreeSnapshot(lockName, leases, queue) { Unreadable = unreadable };
    }

    /// <summary>One that was released while the others were read would be shown beside its successor.</summary>
    private bool IsStillThere(LeaseView lease)
    {
        if (lease.IsDisplaced)
        {
            return new Node(files, layout, lease.Id.Lock, lease.Id.Parent).Holders.IsDisplaced(lease.Id);
        }

        using TicketFile? file = TicketFile.Open(files, layout.TicketOf(lease.Id));
        return file?.ReadState() is TicketState.Granted or TicketState.Ending;
    }

    /// <summary>Whether a lease is one of those, or inside one.</summary>
    private static bool IsIn(HashSet<LeaseId> leases, LeaseId lease)
    {
        for (LeaseId? at = leases.Count > 0 ? lease : null; at is { } id; at = id.Parent)
        {
            if (leases.Contains(id))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What stands under each of the locks that there are.</summary>
    public IEnumerable<TreeSnapshot> LookAtAll() => layout.LockNames(files).Select(Look);

    /// <summary>Who stands before a ticket, and who holds the turn that it waits for.</summary>
    public QueueStanding Ahead(LeaseId lease) =>
        new StandingReader(new Node(files, layout, lease.Lock, lease.Parent), processes, shown).Ahead(lease);

    /// <summary>
    /// Whether there may have been a lease of that name: the queue of its lock has given out a number as high. Of whom it was a
    /// lock that users share does not tell.
    /// </summary>
    public bool MayHaveBeen(LeaseId lease)
    {
        Span<byte> digits = stackalloc byte[MutexCodec.CounterWidth];
        using LockFile? mutex = files.Open(layout.MutexOf(lease.Lock), write: false);
        return mutex is not null && lease.Outermost.Ticket.Number <= MutexCodec.DecodeCounter(digits[..mutex.Read(digits, 0)]);
    }

    /// <summary>The file whose lock is the way into a queue, and the other processes that keep it now, as far as they may be looked into.</summary>
    /// <param name="lockName">The lock that was asked for.</param>
    /// <param name="variable">The value of <c>BUILDGUARD_LEASE</c>, if it is set.</param>
    public (string Mutex, IReadOnlyList<int> Holders) Entrance(string lockName, string? variable)
    {
        string node = new EnclosingLease(files, layout, processes).Find(variable) is { } lease ? layout.NodeOf(lease) : layout.NodeOf(lockName);
        string mutex = $"{node}/{NodeMutex.FileName}";
        return (mutex, [.. files.HoldersBelow(node).Where(holder => holder.Path == mutex).Select(holder => holder.Pid).Distinct()]);
    }

    /// <summary>Why the holder of a lease, or whoever waits for it, was asked to end.</summary>
    public StopCause StoppedBy(LeaseId lease) => StopMark.CauseOf(files, layout, lease);

    private void Read(Node node, List<LeaseView> leases, List<TicketView> queue, List<UnreadableTicket> unreadable)
    {
        int before = leases.Count;
        var damaged = new List<LeaseId>();
        NodeListing listing = node.Listing();
        ReadOne(node, listing.Tickets, leases, queue, unreadable, damaged);

        // What stands inside tells of itself, whatever became of the ticket around it.
        foreach (LeaseId lease in leases[before..].Select(lease => lease.Id).Concat(damaged).Concat(listing.Queues.Except(listing.Tickets).Select(node.LeaseOf)).Distinct())
        {
            Read(new Node(files, layout, lease.Lock, lease), leases, queue, unreadable);
        }
    }

    private void ReadOne(Node node, List<TicketName> tickets, List<LeaseView> leases, List<TicketView> queue, List<UnreadableTicket> unreadable, List<LeaseId> damaged)
    {
        int position = 0;
        var order = new QueueOrder();
        int first = unreadable.Count;
        using var displaced = new Displaced(node);
        foreach (TicketName name in tickets)
        {
            LeaseId id = node.LeaseOf(name);
            using TicketFile? there = node.Open(id.Ticket);
            TicketFile? instead = displaced.Instead(name, there);
            TicketFile? file = instead ?? there;
            if (file is null)
            {
                continue;
            }

            if ((file.Read() ?? Settled(node, id, file, order, unreadable, ref position)) is not { } content)
            {
                damaged.Add(id);
                continue;
            }

            // The state is read before the lock is tried: a ticket that is released in between is shown as held, which
            // it was, and never as dead, which it was not.
            bool held = file.IsHeld();
            switch (content.State)
            {
                case TicketState.Waiting when held:
                    order.Waiting();
                    queue.Add(_views.Of(++position, node, name, content.Record) with
                    {
                        WaitsFor = position == 1 ? node.WaitOf(name) : null,
                    });
                    break;
                default:
                    if (_views.Of(node, id, file, content, held) is { } view)
                    {
                        leases.Add(view with { IsDisplaced = instead is not null });
                        if (view.HolderAlive)
                        {
                            // Nobody is granted behind one that waits.
                            order.Granted(content.Record.Slots);
                            Settle(unreadable, first);
                        }
                    }

                    break;
            }
        }

        if (node.MissedHolder() is { } missed
            && displaced.Renamed(missed) is { } renamed
            && renamed.Read() is { } said
            && _views.Of(node, node.LeaseOf(missed), renamed, said, held: true) is { } moved)
        {
            leases.Add(moved with { IsDisplaced = true });
        }
    }

    /// <summary>
    /// What a ticket says that says nothing at first, for it was being written; <c>null</c>: it goes on saying nothing, and is among
    /// the unreadable if somebody holds it.
    /// </summary>
    private static TicketContent? Settled(Node node, LeaseId id, TicketFile file, QueueOrder order, List<UnreadableTicket> unreadable, ref int position)
    {
        if (!node.Holders.IsKept(id) && !TicketViews.StaysUnreadable(file))
        {
            return file.Read();
        }

        unreadable.Add(new UnreadableTicket(id, file.ReadForeign()?.Version) { Standing = order.Unreadable() });
        position += unreadable[^1].Standing == UnreadableStanding.Waits ? 1 : 0;
        return null;
    }

    private static void Settle(List<UnreadableTicket> unreadable, int first)
    {
        for (int i = first; i < unreadable.Count; i++)
        {
            unreadable[i] = unreadable[i] with { Standing = UnreadableStanding.Holds };
        }
    }
}
