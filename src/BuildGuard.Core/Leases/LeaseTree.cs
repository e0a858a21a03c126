using System.Diagnostics;
using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>
/// The tree of leases in one state directory: who may run, who waits for whom. See docs/lease-tree.md.
/// </summary>
public sealed class LeaseTree
{
    /// <summary>How long a child that should end by itself is given before its holder is killed.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly IStateFiles _files;
    private readonly StateLayout _layout;
    private readonly IProcessTable _processes;
    private readonly ILeaseLeftovers _leftovers;

    /// <summary>Opens the tree, and makes sure that its directory can be trusted.</summary>
    /// <exception cref="Diagnostics.GuardException">BG0010: the directory cannot be trusted or made.</exception>
    public LeaseTree(IStateFiles files, IProcessTable processes, ILeaseLeftovers leftovers, StateLayout layout)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(layout);
        _files = files;
        _processes = processes;
        _leftovers = leftovers;
        _layout = layout;
        files.EnsureDirectory(layout.Root, shared: false);
        files.EnsureDirectory(layout.Locks, shared: false);
    }

    /// <summary>The innermost live lease that this process stands in; <c>null</c> if it stands in none.</summary>
    /// <param name="variable">The value of <c>BUILDGUARD_LEASE</c>, if it is set.</param>
    public LeaseId? Innermost(string? variable) => new Standing(_files, _layout, _processes).Find(variable);

    /// <summary>
    /// Takes a place in the queue of the innermost live lease, else of the lock.
    /// </summary>
    /// <param name="lockName">The lock to queue under when this process stands in no lease.</param>
    /// <param name="variable">The value of <c>BUILDGUARD_LEASE</c>, if it is set.</param>
    /// <param name="record">Who asks.</param>
    /// <param name="slots">How many leases may run at once under the node; 1 or more.</param>
    public Ticket Enter(string lockName, string? variable, LeaseRecord record, int slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        while (true)
        {
            LeaseId? parent = Innermost(variable);
            var node = new Node(_files, _layout, parent?.Lock ?? lockName, parent);
            if (node.Enter(record, slots) is { } ticket)
            {
                return ticket;
            }
        }
    }

    /// <summary>
    /// Waits for the turn and ends what dead holders left. <see cref="Turn.Displaced"/>: the ticket is left and a new
    /// place must be taken.
    /// </summary>
    /// <param name="ticket">The place.</param>
    /// <param name="leftoversFound">Told before leftovers are ended, with the leases they are of.</param>
    public Turn Wait(Ticket ticket, Action<IReadOnlyList<LeaseId>>? leftoversFound = null)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        if (ticket.Wait() == Turn.Displaced)
        {
            ticket.Leave();
            ticket.Dispose();
            return Turn.Displaced;
        }

        if (ticket.Leftovers.Count > 0)
        {
            leftoversFound?.Invoke(ticket.Leftovers);
        }

        foreach (LeaseId lease in ticket.Leftovers)
        {
            EndDead(ticket.Node, lease);
        }

        foreach (LeaseId lease in ticket.Damaged)
        {
            EndChildren(lease);
            _leftovers.End(lease, null);
            ticket.Node.MoveAside(lease.Ticket);
            _leftovers.MovedAside(lease, _layout.Damaged);
        }

        return Turn.Come;
    }

    /// <summary>Ends whatever still runs inside the lease, then gives it back.</summary>
    public void Release(Ticket ticket)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        ticket.BeginEnd();
        EndChildren(ticket.Lease);
        ticket.Release();
    }

    /// <summary>
    /// Makes the file that the process served by a lease keeps locked, so that the lease outlives its holder if need be.
    /// </summary>
    public void MakeOwnerFile(LeaseId lease) => _files.OpenOrCreate(_layout.OwnerOf(lease), shared: false).Dispose();

    /// <summary>Where that file is.</summary>
    public string OwnerFileOf(LeaseId lease) => _layout.OwnerOf(lease);

    /// <summary>Finds a live session of the same build; <c>null</c> if there is none.</summary>
    public LeaseId? FindSession(string build)
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

        _files.EnsureDirectory(_layout.Builds, shared: false);
        string path = $"{_layout.Builds}/{build}";
        while (true)
        {
            LockFile file = _files.OpenOrCreate(path, shared: false);
            file.LockExclusive();
            if (file.IsAt(path))
            {
                return file;
            }

            file.Dispose();
        }
    }

    /// <summary>Removes the short lock's file when the build is over.</summary>
    public void ForgetBuild(string build) => _files.Delete($"{_layout.Builds}/{build}");

    private LeaseId? FindSession(Node node, string build)
    {
        foreach (TicketName name in node.Names())
        {
            LeaseId id = node.LeaseOf(name);
            using TicketFile? file = TicketFile.Open(_files, _layout.TicketOf(id));
            if (file?.Read()?.Record is { Kind: LeaseKind.Session } record && record.Build == build && node.IsLive(id))
            {
                return id;
            }

            if (FindSession(new Node(_files, _layout, id.Lock, id), build) is { } inner)
            {
                return inner;
            }
        }

        return null;
    }

    /// <summary>
    /// Ends a lease whose holder is dead: first the process that it served is waited for, if it still keeps the lease;
    /// then what is inside is ended, then the lease's own processes.
    /// </summary>
    private void EndDead(Node node, LeaseId lease)
    {
        using (LockFile? owner = _files.Open(_layout.OwnerOf(lease), write: false))
        {
            owner?.LockShared();
        }

        using (TicketFile? file = TicketFile.Open(_files, _layout.TicketOf(lease), write: true))
        {
            if (file is null)
            {
                return;
            }

            file.Write(TicketState.Ending);
            EndChildren(lease);
            _leftovers.End(lease, file.Read());
        }

        node.Remove(lease.Ticket);
    }

    /// <summary>Ends every lease inside one that takes no more children, and removes the queue.</summary>
    private void EndChildren(LeaseId lease)
    {
        if (!_files.Exists(_layout.NodeOf(lease)))
        {
            return;
        }

        var node = new Node(_files, _layout, lease.Lock, lease);
        foreach (TicketName name in node.Names())
        {
            LeaseId child = node.LeaseOf(name);
            TicketState? last;
            using (TicketFile? file = TicketFile.Open(_files, _layout.TicketOf(child)))
            {
                last = file is null ? TicketState.Released : AwaitEnd(child, file);
            }

            if (last is TicketState.Waiting or TicketState.Released)
            {
                node.Remove(name);
            }
            else
            {
                EndDead(node, child);
            }
        }

        node.RemoveQueueIfEmpty();
    }

    /// <summary>
    /// Waits until a child's holder has ended; a waiting one leaves by itself, a running one was told by the end of the
    /// process around it. One that does neither is killed. Tells how far it had come.
    /// </summary>
    private TicketState? AwaitEnd(LeaseId child, TicketFile file)
    {
        long start = Stopwatch.GetTimestamp();
        bool killed = false;
        while (file.IsHeld())
        {
            TimeSpan waited = Stopwatch.GetElapsedTime(start);
            if (waited > s_patience && !killed)
            {
                killed = true;
                if (file.Read() is { } content)
                {
                    _leftovers.Kill(content.Record.Holder);
                }
            }

            if (waited > s_patience * 5)
            {
                throw LeaseMessages.StuckChild(child);
            }

            Thread.Sleep(1);
        }

        return file.ReadState();
    }
}
