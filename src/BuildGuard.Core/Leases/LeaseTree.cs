using System.Diagnostics;
using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>
/// The tree of leases in one state directory: who may run, who waits for whom. See docs/lease-tree.md.
/// </summary>
public sealed class LeaseTree
{
    private readonly IStateFiles _files;
    private readonly StateLayout _layout;
    private readonly IProcessTable _processes;
    private readonly Ending _ending;

    /// <summary>Opens the tree, and makes sure that its directory can be trusted.</summary>
    /// <exception cref="Diagnostics.GuardException">BG0010: the directory cannot be trusted or made.</exception>
    public LeaseTree(IStateFiles files, IProcessTable processes, ILeaseLeftovers leftovers, StateLayout layout)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(layout);
        _files = files;
        _processes = processes;
        _ending = new Ending(files, layout, leftovers);
        _layout = layout;
        files.EnsureDirectory(layout.Root, shared: false);
        files.EnsureDirectory(layout.Locks, shared: false);
    }

    /// <summary>The innermost live lease that this process stands in; <c>null</c> if it stands in none.</summary>
    /// <param name="variable">The value of <c>BUILDGUARD_LEASE</c>, if it is set.</param>
    public LeaseId? Innermost(string? variable) => new EnclosingLease(_files, _layout, _processes).Find(variable);

    /// <summary>
    /// Takes a place in the queue of the innermost live lease, else of the lock.
    /// </summary>
    /// <param name="lockName">The lock to queue under when this process stands in no lease.</param>
    /// <param name="variable">The value of <c>BUILDGUARD_LEASE</c>, if it is set.</param>
    /// <param name="record">Who asks.</param>
    /// <param name="slots">
    /// How many leases may run at once under the node as long as this one is among them; 1 or more. Where others ask for
    /// another number, the smallest counts.
    /// </param>
    /// <param name="beforeWaiting">Called before it waits for the queue's short lock, which somebody may be stopped with.</param>
    public Ticket Enter(string lockName, string? variable, LeaseRecord record, int slots, Action? beforeWaiting = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        LeaseId? inside = null;
        while (true)
        {
            LeaseId? parent = inside ?? Innermost(variable);
            inside = null;
            if (Entrance.Enter(NodeIn(parent, lockName), record with { Slots = slots }, beforeWaiting) is not { } ticket)
            {
                continue;
            }

            if (ticket.Ghosts.Count == 0 || new EnclosingLease(_files, _layout, _processes).FindAmong(ticket) is not { } own)
            {
                return ticket;
            }

            // We would wait for the lease that we stand in.
            ticket.Leave();
            ticket.Dispose();
            inside = own;
        }
    }

    /// <summary>
    /// The queue inside a lease is closed to other users. What one of them does in there has the machine's turn already, and
    /// to wait for that again would be to wait for itself: it queues with what else that user does.
    /// </summary>
    private Node NodeIn(LeaseId? parent, string lockName) => parent switch
    {
        null => MakeNode(lockName, null),
        { } lease when new EnclosingLease(_files, _layout, _processes).IsOwn(lease) && MakeNode(lease.Lock, lease) is { IsTaken: false } node => node,
        _ => MakeNode(LockName.User, null),
    };

    private Node MakeNode(string lockName, LeaseId? parent) => new(_files, _layout, lockName, parent) { RemovePlace = _ending.RemovePlace };

    /// <summary>
    /// Whether a place's turn has not come yet: somebody stands before it, or a build keeps the turn though the program that
    /// held it for the build was killed.
    /// </summary>
    public static bool MustWait(Ticket ticket)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        return ticket.MustWait || ticket.Leftovers.Any(ticket.Node.Holders.IsKept);
    }

    /// <summary>
    /// Waits for the turn and ends what dead holders left. <see cref="Turn.Displaced"/>: the ticket is left and a new
    /// place must be taken.
    /// </summary>
    /// <param name="ticket">The place.</param>
    /// <param name="leftoversFound">Told of each dead holder's lease before it is ended, with what its ticket says.</param>
    public Turn Wait(Ticket ticket, Action<LeaseId, LeaseRecord?>? leftoversFound = null)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        try
        {
            Turn turn = ticket.Wait();
            if (turn == Turn.Come)
            {
                EndLeftovers(ticket, leftoversFound);
                return turn;
            }

            GiveUp(ticket);
            return turn;
        }
        catch
        {
            GiveUp(ticket);
            throw;
        }
    }

    private static void GiveUp(Ticket ticket)
    {
        ticket.Leave();
        ticket.Dispose();
    }

    private void EndLeftovers(Ticket ticket, Action<LeaseId, LeaseRecord?>? leftoversFound)
    {
        // Set aside by somebody in another PID namespace. Those of this one, or of before the boot, need no look at the machine.
        if (ticket.Lease.Parent is null)
        {
            ProcessIdentity self = _processes.Self;
            _ending.EndSetAside(
                content => content.Record.Holder.PidNamespace == self.PidNamespace || content.Record.Holder.BootId != self.BootId,
                (lease, content) => leftoversFound?.Invoke(lease, content.Record));
        }

        foreach (LeaseId lease in ticket.Leftovers)
        {
            _ending.AwaitOwner(lease);
            if (leftoversFound is not null)
            {
                using TicketFile? file = TicketFile.Open(_files, _layout.TicketOf(lease));
                leftoversFound(lease, file?.Read()?.Record);
            }

            _ending.EndDead(ticket.Node, lease);
            ticket.Forget(lease.Ticket);
        }
    }

    /// <summary>Ends whatever still runs inside the lease, then gives it back.</summary>
    /// <param name="ticket">The lease.</param>
    /// <param name="tidy">
    /// Removes what is left of its place, when the next one has woken and the ticket still tells of it: whoever finds that,
    /// because this program was killed in between, tidies up for it.
    /// </param>
    public void Release(Ticket ticket, Action? tidy = null)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        if (ticket.IsGranted)
        {
            ticket.BeginEnd();
            _ending.EndChildren(ticket.Lease, isEnded: true);
            ticket.Release(tidy);
        }
    }

    /// <summary>
    /// Makes the file that the process served by a lease keeps locked, so that the lease outlives its holder if need be.
    /// </summary>
    public void MakeOwnerFile(LeaseId lease) => _files
        .OpenOrCreate(_layout.OwnerOf(lease), shared: lease.Parent is null && _layout.IsShared(lease.Lock))
        ?.Dispose();

    /// <summary>
    /// Makes the queue inside a lease that is still to be granted. The first to come there would else find a queue without a
    /// history and have to make sure that nobody deleted it, for which the kernel takes 10 ms and more (<c>/proc/locks</c> waits
    /// for a grace period of RCU). Here nobody can have been inside: only a granted lease takes children.
    /// </summary>
    public void MakeQueue(LeaseId lease)
    {
        Node node = MakeNode(lease.Lock, lease);
        if (node.IsTaken)
        {
            return;
        }

        using NodeMutex mutex = node.MakeMutex();
        using NodeMutex.Hold hold = mutex.Enter();
        mutex.Counter = 0;
    }

    /// <summary>Removes it again when the lease was not granted after all.</summary>
    public void RemoveQueue(LeaseId lease) => new Node(_files, _layout, lease.Lock, lease).RemoveQueueIfEmpty();

    /// <summary>Where that file is.</summary>
    public string OwnerFileOf(LeaseId lease) => _layout.OwnerOf(lease);

    /// <summary>Whether <c>buildguard stop</c> asked the holder of a ticket to end.</summary>
    public bool IsToStop(LeaseId lease) => StopMark.IsThere(_files, _layout, lease);

    /// <summary>Finds a live session of the same build; <c>null</c> if there is none.</summary>
    public (LeaseId Lease, LeaseRecord Record)? FindSession(string build)
    {
        foreach (string name in _layout.LockNames(_files))
        {
            if (FindSession(new Node(_files, _layout, name, null), build) is { } lease)
            {
                return lease;
            }
        }

        return null;
    }

    /// <summary>
    /// Takes the short lock under which the processes of one build agree on their session; close it when agreed.
    /// </summary>
    public LockFile AgreeOn(string build)
    {
        if (!LockName.IsValid(build))
        {
            throw new ArgumentException("not a build id", nameof(build));
        }

        string path = $"{_layout.Builds}/{build}";
        while (true)
        {
            _files.EnsureDirectory(_layout.Builds, shared: false);
            LockFile? file = _files.OpenOrCreate(path, shared: false);
            file?.LockExclusive();
            if (file?.IsAt(path) == true)
            {
                return file;
            }

            file?.Dispose();
        }
    }

    /// <summary>
    /// Removes the short lock's file when the build is over, and those of builds that were killed. Never one that is held:
    /// two could hold it at once. One that is not held is made again by whoever needs it.
    /// </summary>
    public void ForgetBuilds()
    {
        foreach (string name in _files.List(_layout.Builds))
        {
            string path = $"{_layout.Builds}/{name}";
            using LockFile? file = LockName.IsValid(name) ? _files.Open(path, write: false) : null;
            if (file is not null && file.TryLockExclusive() && file.IsAt(path))
            {
                _files.Delete(path);
            }
        }
    }

    private (LeaseId Lease, LeaseRecord Record)? FindSession(Node node, string build)
    {
        foreach (HeldLease lease in node.Holders.Leases())
        {
            if (lease.Record is { Kind: LeaseKind.Session } record && record.Build == build && (lease.IsOwn || !_layout.IsShared(lease.Id.Lock)))
            {
                return (lease.Id, record);
            }

            if (FindSession(new Node(_files, _layout, lease.Id.Lock, lease.Id), build) is { } inner)
            {
                return inner;
            }
        }

        return null;
    }
}
