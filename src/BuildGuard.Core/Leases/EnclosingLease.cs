using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>Finds the innermost live lease that this process stands in.</summary>
public sealed class EnclosingLease(IStateFiles files, StateLayout layout, IProcessTable processes)
{
    /// <summary>
    /// By the variable <c>BUILDGUARD_LEASE</c>, whose name lists the ancestors too; where it is missing or all it names
    /// is dead (an IDE or a daemon that was started inside an old operation), by genealogy: an ancestor process that
    /// holds a lease or is served by one. <c>null</c>: under no lease.
    /// </summary>
    public LeaseId? Find(string? variable)
    {
        // Anybody can name another user's lease, and would overtake the queue with it.
        for (LeaseId? lease = LeaseId.TryParse(variable, out LeaseId named) ? named : null; lease is { } id; lease = id.Parent)
        {
            if (new Node(files, layout, id.Lock, id.Parent).Holders.IsLive(id) && IsOwn(id))
            {
                return id;
            }
        }

        return FindByGenealogy();
    }

    /// <summary>Whether a lease is this user's, or a closed directory's. One whose file is gone may be.</summary>
    public bool IsOwn(LeaseId id)
    {
        if (!layout.IsShared(id.Lock))
        {
            return true;
        }

        using TicketFile? file = TicketFile.Open(files, layout.TicketOf(id));
        return file?.IsOwn != false;
    }

    /// <summary>The one among the held leases before a ticket, whose files were deleted, that this process stands in.</summary>
    internal LeaseId? FindAmong(Ticket ticket)
    {
        HashSet<ProcessIdentity> ancestors = Ancestors();
        foreach ((TicketName name, TicketFile file) in ticket.Ghosts)
        {
            if (file.Read() is { State: TicketState.Granted } content && IsOneOf(content.Record, ancestors))
            {
                return ticket.Node.LeaseOf(name);
            }
        }

        return null;
    }

    private static bool IsOneOf(LeaseRecord record, HashSet<ProcessIdentity> processes) =>
        processes.Contains(record.Holder) || (record.Owner is { } owner && processes.Contains(owner));

    private LeaseId? FindByGenealogy()
    {
        var ancestors = new Lazy<HashSet<ProcessIdentity>>(Ancestors, LazyThreadSafetyMode.None);
        foreach (string name in layout.LockNames(files))
        {
            if (FindBelow(new Node(files, layout, name, null), ancestors) is { } lease)
            {
                return lease;
            }
        }

        return null;
    }

    /// <summary>The deepest lease of a subtree that one of our ancestors has.</summary>
    private LeaseId? FindBelow(Node node, Lazy<HashSet<ProcessIdentity>> ancestors)
    {
        foreach (HeldLease lease in node.Holders.Leases())
        {
            if (FindBelow(new Node(files, layout, lease.Id.Lock, lease.Id), ancestors) is { } inner)
            {
                return inner;
            }

            if (lease.Record is { } record && IsOneOf(record, ancestors.Value))
            {
                return lease.Id;
            }
        }

        return null;
    }

    private HashSet<ProcessIdentity> Ancestors()
    {
        var ancestors = new HashSet<ProcessIdentity>();
        for (int pid = processes.ParentOf(processes.Self.Pid); pid > 0; pid = processes.ParentOf(pid))
        {
            if (processes.Identify(pid) is not { } identity || !ancestors.Add(identity))
            {
                break;
            }
        }

        return ancestors;
    }
}
