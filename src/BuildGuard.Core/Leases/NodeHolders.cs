namespace BuildGuard.Leases;

/// <summary>Who holds the leases of a queue: their holders, or the processes that they serve, whatever became of the files.</summary>
internal sealed class NodeHolders(IStateFiles files, StateLayout layout, Node node)
{
    /// <summary>Whether the lease that this queue is inside still takes children.</summary>
    public bool ParentIsLive() => node.Parent is not { } parent || IsLive(parent);

    /// <summary>
    /// Whether a lease is held, by its holder or by the process that it serves. It is, too, if somebody deleted or damaged its
    /// file.
    /// </summary>
    public bool IsLive(LeaseId lease)
    {
        using TicketFile? file = TicketFile.Open(files, layout.TicketOf(lease)) ?? OpenDeleted(lease);
        return file is not null && file.ReadState() switch
        {
            TicketState.Granted => file.IsHeld() || IsKept(lease),

            // Damaged under its holder. Who knows its name was started in it, so it was granted.
            null => file.IsHeld() || IsKept(lease),
            _ => false,
        };
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
    public List<LeaseId> Leases()
    {
        List<LeaseId> leases = [];
        foreach (TicketName name in node.Names())
        {
            using TicketFile? file = node.Open(name);
            TicketState? state = file?.ReadState();
            if (state == TicketState.Waiting && file!.IsHeld())
            {
                break;
            }

            if (state == TicketState.Granted && (file!.IsHeld() || IsKept(node.LeaseOf(name))))
            {
                leases.Add(node.LeaseOf(name));
            }
        }

        return leases;
    }

    /// <summary>A lease of this queue that is held, by a file with a name or without; <c>null</c> if there is none.</summary>
    public TicketName? AnyHeld(TicketName except)
    {
        TicketName? holder = FirstHeld(node.Listing());
        foreach ((TicketName name, TicketFile file) in OpenDeleted())
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
    /// Held leases of this queue whose files were deleted under them (a cleaner, a hand): they still hold their lock, on
    /// a file without a name. Not those that only wait: they will find out and never run, and one of them may wait for us.
    /// </summary>
    public List<(TicketName Name, TicketFile File)> OpenDeleted()
    {
        var held = new List<(TicketName Name, TicketFile File)>();
        foreach ((string path, LockFile file) in files.OpenDeleted(node.Path))
        {
            TicketFile ghost = TicketFile.Adopt(path, file);
            if (TicketName.TryParse(path.AsSpan(path.LastIndexOf('/') + 1), out TicketName name)
                && ghost.ReadState() != TicketState.Waiting
                && ghost.IsHeld())
            {
                held.Add((name, ghost));
            }
            else
            {
                ghost.Dispose();
            }
        }

        return held;
    }

    private TicketFile? OpenDeleted(LeaseId lease)
    {
        TicketFile? found = null;
        foreach ((TicketName name, TicketFile file) in new Node(files, layout, lease.Lock, lease.Parent).Holders.OpenDeleted())
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
}
