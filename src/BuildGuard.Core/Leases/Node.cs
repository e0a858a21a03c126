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

    public LeaseId LeaseOf(TicketName ticket) =>
        Parent is { } parent ? parent.Child(ticket) : LeaseId.UnderLock(LockName, ticket);

    private bool Shared => Parent is null && _layout.IsShared(LockName);

    private string PathOf(TicketName ticket) => $"{_path}/{ticket}";

    /// <summary>
    /// Takes the next number. <c>null</c>: the lease this queue is inside has ended.
    /// </summary>
    public Ticket? Enter(LeaseRecord record, int slots)
    {
        var mutex = new NodeMutex(_files, _path, Shared);
        try
        {
            Ticket? ticket;
            using (mutex.Enter())
            {
                List<TicketName> others = Names();
                List<TicketFile> ghosts = FindGhosts(mutex, others);
                ulong number = Math.Max(mutex.Counter, others.Count == 0 ? 0 : others.Max(o => o.Number)) + 1;
                if (number > TicketName.MaxNumber)
                {
                    throw LeaseMessages.NumbersExhausted(_path);
                }

                var name = new TicketName(number, (uint)Random.Shared.NextInt64(1L << 32));
                mutex.Counter = number;
                var file = TicketFile.Create(_files, PathOf(name), record, Shared);
                ticket = new Ticket(this, mutex, name, file, slots);

                // The parent first says that it ends, then looks for children; we first are there, then look whether
                // it ends. So one of us sees the other.
                if (ParentIsLive())
                {
                    ticket.TakePlace(ghosts, Look(name, slots));
                }
                else
                {
                    ticket.Leave();
                    ticket = null;
                }
            }

            if (ticket is null)
            {
                mutex.Dispose();
                RemoveQueueIfEmpty();
            }

            return ticket;
        }
        catch
        {
            mutex.Dispose();
            throw;
        }
    }

    /// <summary>Looks again at who stands before a ticket.</summary>
    public Ahead LookAgain(NodeMutex mutex, TicketName ticket, int slots)
    {
        using (mutex.Enter())
        {
            return Look(ticket, slots);
        }
    }

    /// <summary>Whether the lease that this queue is inside still takes children.</summary>
    public bool ParentIsLive() => Parent is not { } parent || IsLive(parent);

    /// <summary>Whether a lease is held, by its holder or by the process that it serves.</summary>
    public bool IsLive(LeaseId lease)
    {
        using TicketFile? file = TicketFile.Open(_files, _layout.TicketOf(lease));
        return file is not null
            && file.ReadState() == TicketState.Granted
            && (file.IsHeld() || OwnerHolds(lease));
    }

    private bool OwnerHolds(LeaseId lease)
    {
        using LockFile? owner = _files.Open(_layout.OwnerOf(lease), write: false);
        if (owner is null || !owner.TryLockShared())
        {
            return owner is not null;
        }

        owner.Unlock();
        return false;
    }

    /// <summary>The tickets there are, in no order. Names that are no ticket's are left alone.</summary>
    public List<TicketName> Names()
    {
        var names = new List<TicketName>();
        foreach (string name in _files.List(_path))
        {
            if (TicketName.TryParse(name, out TicketName ticket))
            {
                names.Add(ticket);
            }
        }

        return names;
    }

    /// <summary>
    /// Who stands before a ticket, from the nearest down. With one slot the nearest living one is enough: whoever was
    /// before it is its concern. The caller holds the mutex, so no ticket is half made.
    /// </summary>
    private Ahead Look(TicketName self, int slots)
    {
        var ahead = new Ahead();
        List<TicketName> names = Names();
        names.Sort((a, b) => b.Number.CompareTo(a.Number));
        foreach (TicketName name in names)
        {
            if (name.Number >= self.Number)
            {
                continue;
            }

            TicketFile? file = TicketFile.Open(_files, PathOf(name));
            if (file is null)
            {
                continue;
            }

            if (file.IsHeld())
            {
                ahead.Living.Add((name, file));
                if (slots == 1)
                {
                    return ahead;
                }

                continue;
            }

            using (file)
            {
                switch (file.ReadState())
                {
                    case TicketState.Granted or TicketState.Ending:
                        ahead.Leftovers.Add(name);
                        break;
                    case TicketState.Waiting or TicketState.Released:
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
        }

        return ahead;
    }

    /// <summary>
    /// Holders whose files were deleted under them (a cleaner, a hand): the mutex knows of one, or knows nothing at
    /// all, and there is no such file. They still hold their lock, on a file without a name, and are waited for.
    /// </summary>
    private List<TicketFile> FindGhosts(NodeMutex mutex, List<TicketName> present)
    {
        bool suspicious = mutex.IsNew || (mutex.Holder is { } holder && !present.Contains(holder));
        var ghosts = new List<TicketFile>();
        if (!suspicious)
        {
            return ghosts;
        }

        foreach ((string path, LockFile file) in _files.OpenDeleted(_path))
        {
            TicketFile ghost = TicketFile.Adopt(path, file);
            if (TicketName.TryParse(path.AsSpan(path.LastIndexOf('/') + 1), out _) && ghost.IsHeld())
            {
                ghosts.Add(ghost);
            }
            else
            {
                ghost.Dispose();
            }
        }

        return ghosts;
    }

    /// <summary>Removes what a finished or dead ticket leaves in the directory.</summary>
    public void Remove(TicketName ticket)
    {
        _files.Delete(PathOf(ticket) + ".turn");
        _files.Delete(PathOf(ticket) + ".owner");
        _files.Delete(PathOf(ticket));
    }

    /// <summary>The signal of a waiting ticket; made by its holder, under the mutex.</summary>
    public TurnSignal SignalOf(TicketName ticket) => new(_files, PathOf(ticket) + ".turn", Shared);

    /// <summary>Sleeps until a waiting ticket is granted or gone. <c>false</c>: it gives no such signal.</summary>
    public bool WaitForSignal(TicketName ticket)
    {
        using LockFile? signal = _files.Open(PathOf(ticket) + ".turn", write: false);
        signal?.LockShared();
        return signal is not null;
    }

    /// <summary>Moves a ticket that cannot be understood to where a person can look at it.</summary>
    public void MoveAside(TicketName ticket) => _files.MoveAside(PathOf(ticket), _layout.Damaged);

    /// <summary>
    /// Removes the queue itself, once the lease that it is inside has ended. Whoever comes in between makes it again,
    /// sees that the lease has ended, and removes it.
    /// </summary>
    public void RemoveQueueIfEmpty()
    {
        if (_files.Exists(_path) && Names().Count == 0)
        {
            _files.Delete(_path + "/mutex");
            _files.DeleteDirectory(_path);
        }
    }
}
