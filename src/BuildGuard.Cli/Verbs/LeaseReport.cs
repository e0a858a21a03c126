using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Verbs;

/// <summary>A lease with the processes that run under it. A process counts for the innermost lease alone, so that sums add up.</summary>
/// <param name="View">The lease.</param>
/// <param name="Processes">Its processes, parents first.</param>
/// <param name="KnownPeakBytes">The most memory that the kernel kept for it, in bytes; <c>null</c> if it keeps none.</param>
internal sealed record LeaseReport(LeaseView View, IReadOnlyList<ProcessRow> Processes, long? KnownPeakBytes)
{
    /// <summary>Memory in use now, in bytes.</summary>
    public long MemoryBytes => Processes.Sum(p => p.MemoryBytes);

    /// <summary>The most memory used at once, in bytes; at least what is in use now.</summary>
    public long PeakMemoryBytes => Math.Max(MemoryBytes, KnownPeakBytes ?? 0);

    /// <summary>Looks for the processes of all leases.</summary>
    public static IReadOnlyList<LeaseReport> Of(TreeSnapshot tree, IProcessTable processes, IContainment containment)
    {
        var taken = new HashSet<int>();
        var reports = new LeaseReport[tree.Leases.Count];

        // Parents stand before their children: from the back, the innermost lease takes its processes first.
        for (int i = tree.Leases.Count - 1; i >= 0; i--)
        {
            LeaseView lease = tree.Leases[i];
            ProcessRow[] rows = [.. Candidates(lease, processes, containment).Where(p => taken.Add(p.Pid))];
            string container = lease.Grant.Container;
            reports[i] = new LeaseReport(lease, rows, container.Length > 0 ? containment.PeakMemoryOf(lease.Id, container) : null);
        }

        return reports;
    }

    private static List<ProcessRow> Candidates(LeaseView lease, IProcessTable processes, IContainment containment)
    {
        var rows = new List<ProcessRow>();
        if (lease.Record.Owner is { } owner && processes.IsAlive(owner) == true && processes.Describe(owner.Pid) is { } build)
        {
            rows.Add(build);
            rows.AddRange(processes.DescendantsOf(owner.Pid));
        }

        if (lease.Record.Owner is null && processes.IsAlive(lease.Record.Holder) == true)
        {
            rows.AddRange(processes.DescendantsOf(lease.Record.Holder.Pid));
        }

        if (lease.Grant.Container.Length > 0)
        {
            rows.AddRange(containment.FindLeftovers(lease.Id, lease.Grant.Container));
        }

        return rows;
    }
}
