namespace BuildGuard.Leases;

/// <summary>Who holds the leases of a queue: their holders, or the processes that they serve, whatever became of the files.</summary>
internal sealed class NodeHolders(IStateFiles files, StateLayout layout, Node node)
{
    /// <summary>Whether the lease that this queue is inside still takes children.</summary>
    public bool ParentIsLive() => node.Parent is not { } parent || IsLive(parent);

    /// <summary>
    /// Whether a lease is held, by its holder or by the process that it serves. It is, too, if somebody deleted, replaced or
    /// damaged its file.
    /// </summary>
    public bool IsLive(LeaseId lease)
    {
        using TicketFile? file = TicketFile.Open(files, layout.TicketOf(lease));
        switch (file?.ReadState())
        {
            case TicketState.Ending or TicketState.Released or TicketState.Vacated:
            case TicketState.Waiting when file.IsHeld():
                return false;

            // Damaged under its holder. Who knows its name was started in it, so it was granted.
            case TicketState.Granted or null when file is not null && (file.IsHeld() || IsKept(lease)):
                return true;
        }

        using TicketFile? displaced = OpenDisplaced(lease);
        return displaced is not null && displaced.ReadState() is TicketState.Granted or null;
    }

    /// <summary>Whether the holder of a lease has another file than the one that stands in its place.</summary>
    public bool IsDisplaced(LeaseId lease)
    {
        using TicketFile? displaced = OpenDisplaced(lease);
        return displaced is not null;
    }

    /// <summary>Whether the process that a lease serves keeps it, whatever became of its holder.</summary>
    public bool IsKept(LeaseId lease)
    {
        using LockFile? owner = files.Open(layout.OwnerOf(lease), write: false);
        if (owner is null || !owner.TryLockShared())
        {
            return owner is not null;
        }

        owner.Unlock();
        return false;
    }

    /// <summary>
    /// The leases of this queue that are held, in their order. Nobody behind a ticket that waits has been granted, so
    /// no more of them are looked at, however many wait.
    /// </summary>
    public List<HeldLease> Leases()
    {
        List<HeldLease> leases = [];
        using var displaced = new Displaced(node);
        foreach (TicketName name in node.Names())
        {
            using TicketFile? there = node.Open(name);
            if (there?.ReadState() == TicketState.Waiting && there.IsHeld())
            {
                break;
            }

            // An empty one is being made.
            TicketFile? file = there is not null && there.IsEmpty() ? there : displaced.Instead(name, there) ?? there;
            if (file?.ReadState() == TicketState.Granted && (file.IsHeld() || IsKept(node.LeaseOf(name))))
            {
                leases.Add(new HeldLease(node.LeaseOf(name), file.Read()?.Record, file.IsOwn));
            }
        }

        return leases;
    }

    /// <summary>A lease of this queue that is held, by a file with a name or without; <c>null</c> if there is none.</summary>
    public TicketName? AnyHeld(TicketName except)
    {
        TicketName? holder = FirstHeld(node.Listing());
        foreach ((TicketName name, TicketFile file) in OpenDisplaced())
        {
            holder = name == except ? holder : name;
            file.Dispose();
        }

        return holder == except ? null : holder;
    }

    /// <summary>The first lease of this queue that is held, also one that is ending; <c>null</c> if there is none.</summary>
    public TicketName? FirstHeld(NodeListing listing)
    {
        foreach (TicketName name in listing.Tickets)
        {
            using TicketFile? file = node.Open(name);
            TicketState? state = file?.ReadState();
            if (file?.IsHeld() == true)
            {
                return state is TicketState.Granted or TicketState.Ending ? name : null;
            }
        }

        return null;
    }

    /// <summary>
    /// Held leases of this queue whose files stand in their place no more: somebody deleted, replaced or renamed them (a cleaner,
    /// an editor, a hand), and they still hold their lock. Not those that only wait: they will find out and never run, and one of
    /// them may wait for us.
    /// </summary>
    /// <param name="alsoWaiting">For viewers: those too.</param>
    /// <remarks>Takes milliseconds, so it is asked only when something is out of order.</remarks>
    public List<(TicketName Name, TicketFile File)> OpenDisplaced(bool alsoWaiting = false)
    {
        var held = new List<(TicketName Name, TicketFile File)>();
        foreach ((string? path, LockFile file) in files.OpenLocked(node.Path))
        {
            TicketFile ticket = TicketFile.Adopt(path ?? node.Path, file);
            if (NameOf(path, ticket) is { } name
                && !held.Exists(one => one.Name == name)
                && (alsoWaiting || ticket.ReadState() != TicketState.Waiting)
                && ticket.IsHeld())
            {
                held.Add((name, ticket));
            }
            else
            {
                ticket.Dispose();
            }
        }

        return held;
    }

    /// <summary>The file that the holder of a lease has, if that stands in its place no more; <c>null</c> if nobody has one.</summary>
    public TicketFile? OpenDisplaced(LeaseId lease)
    {
        TicketFile? found = null;
        foreach ((TicketName name, TicketFile file) in new Node(files, layout, lease.Lock, lease.Parent).Holders.OpenDisplaced())
        {
            if (found is null && name == lease.Ticket)
            {
                found = file;
            }
            else
            {
                file.Dispose();
            }
        }

        return found;
    }

    /// <summary>
    /// The ticket of this queue that a locked file is: by the place from which it was deleted, or, if it was renamed, by what it
    /// says itself. It is none if it stands in its place.
    /// </summary>
    private TicketName? NameOf(string? path, TicketFile file)
    {
        string? made = path ?? (IsBelieved(file) ? file.Read()?.Record.File : null);
        if (made is null || !TicketName.TryParse(made.AsSpan(made.LastIndexOf('/') + 1), out TicketName name))
        {
            return null;
        }

        // Its holder may know the directory by another path; the name alone, with its random part, tells then of which file it was.
        bool isOurs = path is not null || made.AsSpan(0, made.LastIndexOf('/')).SequenceEqual(node.Path) || node.Exists(name);
        return isOurs && !node.IsInPlace(name, file) ? name : null;
    }

    /// <summary>Anybody can keep a file locked that says that it is a ticket of ours; in the queue that all share he can make one.</summary>
    private bool IsBelieved(TicketFile file) => file.IsOwn || (node.Parent is null && layout.IsShared(node.LockName));
}
