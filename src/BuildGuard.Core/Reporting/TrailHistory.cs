using BuildGuard.Audit;
using BuildGuard.Leases;

namespace BuildGuard.Reporting;

/// <summary>What the audit trail tells, lease by lease.</summary>
public sealed class TrailHistory
{
    private readonly Dictionary<string, LeaseHistory> _byName = new(StringComparer.Ordinal);
    private readonly List<LeaseHistory> _leases = [];
    private readonly List<Incident> _incidents = [];
    private readonly Dictionary<AuditEvent, int> _counts = [];

    /// <summary>The leases, in the order in which they are first told of.</summary>
    public IReadOnlyList<LeaseHistory> Leases => _leases;

    /// <summary>What was ended, found, or could not be done as asked, oldest first.</summary>
    public IReadOnlyList<Incident> Incidents => _incidents;

    /// <summary>How many events there are.</summary>
    public int Events { get; private set; }

    /// <summary>How many processes outlived their operation and were ended.</summary>
    public int OrphansEnded { get; private set; }

    /// <summary>How many events of a kind there are.</summary>
    public int Count(AuditEvent auditEvent) => _counts.GetValueOrDefault(auditEvent);

    /// <summary>Takes an event in.</summary>
    public void Add(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Events++;
        _counts[record.Event] = Count(record.Event) + 1;
        if (Incident.Is(record))
        {
            _incidents.Add(Incident.Of(record));
        }

        if (record.Event == AuditEvent.Orphan)
        {
            OrphansEnded += (record.Processes ?? []).Count(process => !process.Kept);
        }

        if (record.Lease is { } name)
        {
            HistoryOf(name, record.Time).Add(record);
        }
    }

    /// <summary>Who holds and who waits at this moment, so that it is not taken for one whose end is missing.</summary>
    public void AddPresent(TreeSnapshot tree, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(tree);
        foreach (LeaseView lease in tree.Leases)
        {
            _byName.GetValueOrDefault(lease.Id.Value)?.IsThere(lease.HolderAlive ? LeaseFate.Running : LeaseFate.Died, now);
        }

        foreach (TicketView ticket in tree.Queue)
        {
            _byName.GetValueOrDefault(ticket.Id.Value)?.IsThere(LeaseFate.Waiting, now);
        }
    }

    private LeaseHistory HistoryOf(string name, DateTimeOffset first)
    {
        if (!_byName.TryGetValue(name, out LeaseHistory? lease))
        {
            _byName.Add(name, lease = new LeaseHistory(name, first));
            _leases.Add(lease);
        }

        return lease;
    }
}
