using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Views;

/// <summary>One of whom no ticket tells, with the processes that run under it.</summary>
/// <param name="Holder">The process that keeps the lock.</param>
/// <param name="Processes">Its processes without those of the leases inside.</param>
/// <param name="All">With those.</param>
internal sealed record UnrecordedUse(UnrecordedHolder Holder, IReadOnlyList<ProcessRow> Processes, IReadOnlyList<ProcessRow> All)
{
    /// <summary>Looks for the processes of each.</summary>
    /// <param name="holders">Who holds or waits without a ticket.</param>
    /// <param name="leases">Those who have one. What runs in these stays theirs.</param>
    /// <param name="processes">Running processes.</param>
    public static IReadOnlyList<UnrecordedUse> Of(IReadOnlyList<UnrecordedHolder> holders, IReadOnlyList<LeaseUse> leases, IProcessTable processes)
    {
        HashSet<ProcessIdentity> taken = [];
        List<UnrecordedUse> reports = [];

        // The innermost takes its processes first.
        foreach (UnrecordedHolder holder in holders.OrderByDescending(holder => holder.Lease?.Value.Count(c => c == '/') ?? 0))
        {
            List<ProcessRow> all = [.. processes.DescendantsOf(holder.Process.Pid)];
            if (holder.IsBuild)
            {
                all.Insert(0, holder.Process);
            }

            taken.UnionWith(leases.Where(lease => all.Exists(row => row.Identity == lease.View.Record.Holder)).SelectMany(lease => lease.Processes).Select(row => row.Identity));
            reports.Add(new UnrecordedUse(holder, [.. all.Where(row => taken.Add(row.Identity))], all));
        }

        return reports;
    }

    /// <summary>A lease around some of them: what runs in those is inside it, and not its own.</summary>
    public static LeaseUse Without(LeaseUse lease, IReadOnlyList<UnrecordedUse> unrecorded)
    {
        HashSet<ProcessIdentity> others = [.. unrecorded.SelectMany(report => report.Processes).Select(row => row.Identity)];
        return lease.Processes.Any(row => others.Contains(row.Identity))
            ? lease with
            {
                Processes = [.. lease.Processes.Where(row => !others.Contains(row.Identity))],
                Inside = [.. lease.Inside, .. lease.Processes.Where(row => others.Contains(row.Identity))],
            }
            : lease;
    }
}
