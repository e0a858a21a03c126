using BuildGuard.Audit;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Preflight;

namespace BuildGuard.Cli.Dashboard;

/// <summary>By what leases beside each other, and the processes of one, are sorted.</summary>
internal enum TopSort
{
    Memory,
    Cpu,
    Age,
}

/// <summary>A figure of the machine with what it was before.</summary>
/// <param name="History">The last samples, oldest first, as shares of the whole from 0 to 1; the last is now.</param>
internal sealed record TopGauge(IReadOnlyList<double> History)
{
    /// <summary>How it is now.</summary>
    public double Now => History.Count == 0 ? 0 : History[^1];
}

/// <summary>The machine.</summary>
/// <param name="UsableBytes">Memory that it or the container may use, in bytes.</param>
/// <param name="State">How it is now.</param>
/// <param name="SwapUsedBytes">Swap in use, in bytes.</param>
/// <param name="SwapTotalBytes">Swap there is, in bytes.</param>
/// <param name="Cores">Processors that may be used.</param>
internal sealed record TopMachine(long UsableBytes, MachineState State, long SwapUsedBytes, long SwapTotalBytes, int Cores)
{
    public required TopGauge Memory { get; init; }

    public required TopGauge Swap { get; init; }

    public required TopGauge Load { get; init; }

    public required TopGauge Pressure { get; init; }
}

/// <summary>A process of a lease.</summary>
/// <param name="CpuPercent">CPU time since the sample before, in per cent of one core; <c>null</c> if there was none.</param>
internal sealed record TopProcess(int Pid, string Name, string Command, long MemoryBytes, double? CpuPercent, bool IsStopped);

/// <summary>A lease with its processes.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Label">What people see.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Pid">Who holds it.</param>
/// <param name="Age">How long it has had the turn.</param>
/// <param name="State">What is wrong with its holder; empty if nothing is.</param>
/// <param name="MemoryBytes">With the leases inside, in bytes.</param>
/// <param name="ProcessCount">With the leases inside.</param>
/// <param name="CpuPercent">With the leases inside, in per cent of one core; <c>null</c> if not known yet.</param>
/// <param name="Processes">Its own processes.</param>
internal sealed record TopLease(
    LeaseId Id, string Label, LeaseKind Kind, int Pid, TimeSpan Age, string State, long MemoryBytes, int ProcessCount, double? CpuPercent, IReadOnlyList<TopProcess> Processes)
{
    /// <summary>With which limits it was started; <c>null</c>: its ticket does not tell.</summary>
    public LeaseLimits? Limits { get; init; }

    /// <summary>Whether no ticket tells of it.</summary>
    public bool IsUnrecorded { get; init; }

    /// <summary>How many leases it stands in.</summary>
    public int Depth => Id.Value.Count(c => c == '/') - 1;
}

/// <summary>What the dashboard shows.</summary>
/// <param name="Now">The local time.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Leases">Who holds, parents before their children.</param>
/// <param name="Queue">Who waits.</param>
/// <param name="Events">The latest events of the audit trail, the latest last.</param>
/// <param name="MemoryLimitBytes">The limit of one operation that holds here, for those whose ticket tells none, in bytes; <c>null</c> for none.</param>
/// <param name="ProcessLimit">The same for processes.</param>
internal sealed record TopModel(
    DateTimeOffset Now,
    TopMachine Machine,
    IReadOnlyList<TopLease> Leases,
    IReadOnlyList<TicketView> Queue,
    IReadOnlyList<AuditRecord> Events,
    long? MemoryLimitBytes,
    int? ProcessLimit)
{
    /// <summary>The tickets that are held and cannot be read.</summary>
    public IReadOnlyList<UnreadableTicket> Unreadable { get; init; } = [];

    /// <summary>Who holds or waits though no ticket tells of it.</summary>
    public IReadOnlyList<UnrecordedHolder> Unrecorded { get; init; } = [];

    /// <summary>Why there are no events, or no new ones: the trail cannot be read; empty: it can.</summary>
    public string TrailProblem { get; init; } = "";

    /// <summary>Why what is shown is what was seen last, and not what is now: the state cannot be read; empty: it can.</summary>
    public string Problem { get; init; } = "";

    /// <summary>By what is sorted.</summary>
    public TopSort Sort { get; init; }

    /// <summary>The selected lease; <c>null</c>: none.</summary>
    public LeaseId? Selected { get; init; }

    /// <summary>The lease that is to be ended if the answer is yes; <c>null</c>: nothing is asked.</summary>
    public TopLease? Asked { get; init; }

    /// <summary>A result, in place of the keys; empty for none.</summary>
    public string Notice { get; init; } = "";

    /// <summary>Whether keys do anything: not in a snapshot.</summary>
    public bool IsLive { get; init; }

    /// <summary>Whether it must be said under which lock somebody holds or waits.</summary>
    public bool HasSeveralLocks => Leases.Select(lease => lease.Id.Lock).Concat(Queue.Select(ticket => ticket.Id.Lock)).Distinct().Skip(1).Any();

    /// <summary>The leases in the order in which they are shown.</summary>
    public IReadOnlyList<TopLease> Ordered
    {
        get
        {
            List<TopLease> ordered = [];
            foreach (string lockName in Leases.Select(lease => lease.Id.Lock).Distinct())
            {
                Append(ordered, Leases.Where(lease => lease.Id.Parent is null && lease.Id.Lock == lockName));
            }

            // One whose parent has just gone still is there.
            Append(ordered, Leases.Where(lease => !ordered.Contains(lease)).ToArray(), deep: false);
            return ordered;
        }
    }

    /// <summary>The processes of a lease in the order in which they are shown.</summary>
    public IEnumerable<TopProcess> ProcessesOf(TopLease lease) => Sort switch
    {
        TopSort.Cpu => lease.Processes.OrderByDescending(p => p.CpuPercent ?? 0),
        TopSort.Age => lease.Processes,
        _ => lease.Processes.OrderByDescending(p => p.MemoryBytes),
    };

    private void Append(List<TopLease> ordered, IEnumerable<TopLease> siblings, bool deep = true)
    {
        IEnumerable<TopLease> sorted = Sort switch
        {
            TopSort.Cpu => siblings.OrderByDescending(lease => lease.CpuPercent ?? 0),
            TopSort.Age => siblings.OrderByDescending(lease => lease.Age),
            _ => siblings.OrderByDescending(lease => lease.MemoryBytes),
        };
        foreach (TopLease lease in sorted)
        {
            ordered.Add(lease);
            if (deep)
            {
                Append(ordered, Leases.Where(inside => inside.Id.Parent == lease.Id));
            }
        }
    }
}
