using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Processes;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Views;

/// <summary>
/// A lease with the processes that run under it. A process is listed under the innermost lease alone; figures count what
/// runs in the leases inside too.
/// </summary>
/// <param name="View">The lease.</param>
/// <param name="Processes">Its processes without those of the leases inside, parents first.</param>
/// <param name="Inside">The processes of the leases inside.</param>
/// <param name="KnownPeakBytes">The most memory that the kernel kept for it, in bytes; <c>null</c> if it keeps none.</param>
internal sealed record LeaseUse(LeaseView View, IReadOnlyList<ProcessRow> Processes, IReadOnlyList<ProcessRow> Inside, long? KnownPeakBytes)
{
    /// <summary>Memory in use now, that of the leases inside included, in bytes.</summary>
    public long MemoryBytes => Processes.Concat(Inside).Sum(p => p.MemoryBytes);

    /// <summary>As in <c>1.2G in 5 processes, 4 of them in the leases inside</c>.</summary>
    public string Use
    {
        get
        {
            int all = Processes.Count + Inside.Count;
            string inside = Inside.Count == 0 ? "" : Inside.Count == all ? ", all of them in the leases inside" : $", {Inside.Count} of them in the leases inside";
            return $"{Size.ToText(MemoryBytes)} in {all} process{(all == 1 ? "" : "es")}{inside}";
        }
    }

    /// <summary>The most memory used at once, in bytes; at least what is in use now.</summary>
    public long PeakMemoryBytes => Math.Max(MemoryBytes, KnownPeakBytes ?? 0);

    /// <summary>Looks for the processes of all leases.</summary>
    public static IReadOnlyList<LeaseUse> Of(TreeSnapshot tree, IProcessTable processes, IContainment containment)
    {
        var taken = new HashSet<int>();

        // Who hides what it runs bears it on its own command line.
        HashSet<ProcessIdentity> hiding =
        [
            .. tree.Leases.Select(lease => lease.Record).Concat(tree.Queue.Select(ticket => ticket.Record))
                .Where(record => record.HidesCommands).Select(record => record.Holder),
        ];
        var reports = new LeaseUse[tree.Leases.Count];

        // Parents stand before their children: from the back, the innermost lease takes its processes first.
        for (int i = tree.Leases.Count - 1; i >= 0; i--)
        {
            LeaseView lease = tree.Leases[i];
            ProcessRow[] rows =
            [
                .. Candidates(lease, processes, containment).Where(p => taken.Add(p.Pid))
                    .Select(p => lease.Record.HidesCommands || hiding.Contains(p.Identity) ? CommandLines.Without(p) : p),
            ];
            string container = lease.Grant.Container;
            ProcessRow[] inside = [.. reports.Skip(i + 1).Where(r => r.View.Id.IsIn(lease.Id)).SelectMany(r => r.Processes)];
            reports[i] = new LeaseUse(lease, rows, inside, container.Length > 0 ? containment.PeakMemoryOf(lease.Id, container) : null);
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
            // All that it runs descends from it, for it inherits orphans: no need to look at every process of the machine,
            // which the dashboard would do every two seconds.
            rows.AddRange(processes.DescendantsOf(lease.Record.Holder.Pid));
            return rows;
        }

        if (lease.Grant.Container.Length > 0)
        {
            rows.AddRange(containment.FindLeftovers(lease.Id, lease.Grant.Container));
        }

        return rows;
    }
}
