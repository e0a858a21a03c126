using BuildGuard.Preflight;

namespace BuildGuard.Leases;

/// <summary>
/// One queue of the lease tree: the tickets directly under a lock, or directly inside a lease. See docs/lease-tree.md
/// for the protocol and why each step is safe.
/// </summary>
internal sealed class Node
{
    private readonly IStateFiles _files;
    private readonly StateLayout _layout;
    private readonly string _path;

    public Node(IStateFiles files, StateLayout layout, string lockName, LeaseId? parent)
    {
        _files = files;
        _layout = layout;
        LockName = lockName;
        Parent = parent;
        _path = parent is { } lease ? layout.NodeOf(lease) : layout.NodeOf(lockName);
    }

    public string LockName { get; }

    /// <summary>The lease this queue is inside; <c>null</c> for the lock's own queue.</summary>
    public LeaseId? Parent { get; }

    private bool Shared => Parent is null && _layout.IsShared(LockName);

    public LeaseId LeaseOf(TicketName ticket) =>
        Parent is { } parent ? parent.Child(ticket) : LeaseId.UnderLock(LockName, ticket);

    /// <summary>Its directory.</summary>
    public string Path => _path;

    private string PathOf(TicketName ticket) => $"{_path}/{ticket.ToString()}";

    public NodeMutex MakeMutex() => new(_files, _path, Shared);

    public NodeListing Listing() => new(_files.List(_path));

    /// <summary>The tickets there are, in the order of their numbers.</summary>
    public List<TicketName> Names() => Listing().Tickets;

    /// <summary>Makes the file of a new ticket of ours.</summary>
    public TicketFile Create(TicketName ticket, LeaseRecord record) =>
        TicketFile.Create(_files, PathOf(ticket), record, Shared);

    /// <summary>Opens a ticket to look at it; <c>null</c> if it is gone or no plain file.</summary>
    public TicketFile? Open(TicketName ticket) => TicketFile.Open(_files, PathOf(ticket));

    /// <summary>Whether the lease that this queue is inside still takes children.</summary>
    public bool ParentIsLive() => Parent is not { } parent || IsLive(parent);

    /// <summary>
    /// Whether a lease is held, by its holder or by the process that it serves. It is, too, if somebody deleted its file.
    /// </summary>
    public bool IsLive(LeaseId lease)
    {
        using TicketFile? file = TicketFile.Open(_files, _layout.TicketOf(lease)) ?? OpenDeleted(lease);
        return file is not null
            && file.ReadState() == TicketState.Granted
            && (file.IsHeld() || IsKept(lease));
    }

    /// <summary>Whether the process that a lease serves keeps it, whatever became of its holder.</summary>
    public bool IsKept(LeaseId lease)
    {
        using LockFile? owner = _files.Open(_layout.OwnerOf(lease), write: false);
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
        foreach (TicketName name in Names())
        {
            using TicketFile? file = Open(name);
            TicketState? state = file?.ReadState();
            if (state == TicketState.Waiting && file!.IsHeld())
            {
                break;
            }

            if (state == TicketState.Granted && (file!.IsHeld() || IsKept(LeaseOf(name))))
            {
                leases.Add(LeaseOf(name));
            }
        }

        return leases;
    }

    /// <summary>A lease of this queue that is held, by a file with a name or without; <c>null</c> if there is none.</summary>
    public TicketName? Holder(TicketName except)
    {
        TicketName? holder = FirstHeld(Listing());
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
            using TicketFile? file = Open(name);
            TicketState? state = file?.ReadState();
            if (file?.IsHeld() == true)
            {
                return state is TicketState.Granted or TicketState.Ending ? name : null;
            }
        }

        return null;
    }

    /// <summary>
    /// Who stands before a ticket, from the nearest down: to the first one that waits, for whoever was before that is
    /// its concern; for a ticket that wants to be alone, to the first one that lives. The caller holds the mutex, so no
    /// ticket is half made, and has listed the queue under it.
    /// </summary>
    /// <remarks>
    /// Listed again until nothing went meanwhile: a ticket whose file was deleted after the listing was in nobody's way and
    /// not missed either. Under the mutex none comes, so this ends.
    /// </remarks>
    public Ahead Look(TicketName self, int slots, NodeMutex mutex, NodeListing listing, Missing missing)
    {
        while (true)
        {
            Ahead ahead = LookOnce(self, slots, listing, missing);
            if (!ahead.HasLostOne)
            {
                return ahead;
            }

            ahead.Dispose();
            listing = Listing();
            missing = Missing.Find(this, mutex, listing);
        }
    }

    private Ahead LookOnce(TicketName self, int slots, NodeListing listing, Missing missing)
    {
        var ahead = new Ahead(slots) { Ghosts = missing.Ghosts };
        List<TicketName> before = listing.Tickets.FindAll(n => n.Number < self.Number);
        before.Reverse();
        foreach (TicketName name in before)
        {
            if (Open(name) is not { } file)
            {
                // What is there and is no plain file is none of ours, and stays.
                ahead.HasLostOne |= !_files.Exists(PathOf(name));
                continue;
            }

            if (file.IsHeld())
            {
                var living = new LivingTicket(name, file, slots);
                ahead.Living.Add(living);
                if (slots == 1 || living.HidesOthers)
                {
                    break;
                }

                continue;
            }

            using (file)
            {
                Sort(name, file, ahead);
            }
        }

        ahead.Leftovers.AddRange(missing.Dead.FindAll(name => !ahead.Leftovers.Contains(name)));
        return ahead;
    }

    /// <summary>Decides what to do about a ticket that nobody holds.</summary>
    private void Sort(TicketName name, TicketFile file, Ahead ahead)
    {
        switch (file.ReadState())
        {
            case TicketState.Granted or TicketState.Ending:
                ahead.Leftovers.Add(name);
                break;
            case TicketState.Waiting or TicketState.Released or TicketState.Vacated:
                Remove(name);
                break;
            default:
                if (file.IsEmpty())
                {
                    Remove(name);
                }
                else
                {
                    // Not ours to understand. It may have been a lease, so its processes are looked for too.
                    ahead.Damaged.Add(name);
                }

                break;
        }
    }

    /// <summary>
    /// Held leases of this queue whose files were deleted under them (a cleaner, a hand): they still hold their lock, on
    /// a file without a name. Not those that only wait: they will find out and never run, and one of them may wait for us.
    /// </summary>
    public List<(TicketName Name, TicketFile File)> OpenDeleted()
    {
        var held = new List<(TicketName Name, TicketFile File)>();
        foreach ((string path, LockFile file) in _files.OpenDeleted(_path))
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
        foreach ((TicketName name, TicketFile file) in new Node(_files, _layout, lease.Lock, lease.Parent).OpenDeleted())
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

    /// <summary>Removes what a finished or dead ticket leaves in the directory.</summary>
    public void Remove(TicketName ticket)
    {
        _files.Delete(PathOf(ticket) + ".turn");
        _files.Delete(PathOf(ticket) + ".owner");
        _files.Delete(PathOf(ticket) + ".wait");
        _files.Delete(PathOf(ticket));
    }

    /// <summary>The signal of a waiting ticket; made by its holder, under the mutex.</summary>
    public TurnSignal SignalOf(TicketName ticket) => new(_files, PathOf(ticket) + ".turn", Shared);

    /// <summary>Makes the notice of a ticket of ours that waits for the machine.</summary>
    public PreflightNotice NoticeOf(TicketName ticket) => new(_files, PathOf(ticket) + ".wait", Shared);

    /// <summary>What a ticket says it waits for at the head of the queue; <c>null</c> if nothing.</summary>
    public PreflightWait? WaitOf(TicketName ticket) => PreflightNotice.Read(_files, PathOf(ticket) + ".wait");

    /// <summary>Sleeps until a waiting ticket is granted or gone. <c>false</c>: it gives no such signal.</summary>
    public bool WaitForSignal(TicketName ticket)
    {
        using LockFile? signal = _files.Open(PathOf(ticket) + ".turn", write: false);
        signal?.LockShared();
        return signal is not null;
    }

    /// <summary>
    /// Moves a ticket that cannot be understood, with what else is there under its name, to where a person can look at it.
    /// </summary>
    /// <returns>Whether anything was moved; another user's files cannot be.</returns>
    public bool MoveAside(TicketName ticket)
    {
        bool queue = MoveAsideQueue(ticket);
        return (_files.Exists(PathOf(ticket)) && _files.MoveAside(PathOf(ticket), _layout.Damaged)) || queue;
    }

    /// <summary>The same for the queue inside it, when strange files keep it from being removed.</summary>
    public bool MoveAsideQueue(TicketName ticket) =>
        _files.Exists(PathOf(ticket) + ".d") && _files.MoveAside(PathOf(ticket) + ".d", _layout.Damaged);

    /// <summary>
    /// Removes the queue itself, once the lease that it is inside has ended. Under the mutex, or a ticket could be made in
    /// between. Whoever has the mutex instead sees that the lease has ended, leaves, and comes here itself.
    /// </summary>
    public void RemoveQueueIfEmpty()
    {
        if (!_files.Exists(_path))
        {
            return;
        }

        using NodeMutex mutex = MakeMutex();
        if (mutex.TryEnter() && Names().Count == 0)
        {
            mutex.DeleteFile();
        }

        _files.DeleteDirectory(_path);
    }
}
