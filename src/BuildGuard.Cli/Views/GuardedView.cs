using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Preflight;
using BuildGuard.Watching;

namespace BuildGuard.Cli.Views;

/// <summary>All that is guarded and the machine, at one moment, under every lock.</summary>
/// <param name="Leases">Who holds a lease, with its processes.</param>
/// <param name="Queue">Who waits.</param>
/// <param name="State">How the machine is.</param>
internal sealed record GuardedView(IReadOnlyList<LeaseUse> Leases, IReadOnlyList<TicketView> Queue, MachineState State)
{
    /// <summary>Those of a build: its own processes have no limit, only operations do.</summary>
    private static readonly LeaseLimits s_none = new(null, null);

    /// <summary>The tickets that are held and cannot be read.</summary>
    public IReadOnlyList<UnreadableTicket> Unreadable { get; init; } = [];

    /// <summary>Who holds or waits though no ticket tells of it.</summary>
    public IReadOnlyList<UnrecordedUse> Unrecorded { get; init; } = [];

    /// <summary>
    /// Those of them that are known to hold a lease, one for each. Of a session both the helper and the build may be among them;
    /// what runs, runs under the build.
    /// </summary>
    public IEnumerable<UnrecordedUse> UnrecordedLeases =>
        from report in Unrecorded
        where report.Holder is { Lease: not null, IsWaiting: false }
        group report by report.Holder.Lease!.Value into lease
        where !Leases.Any(recorded => recorded.View.Id == lease.Key)
        select lease.FirstOrDefault(report => report.Holder.IsBuild) ?? lease.First();

    /// <summary>Looks.</summary>
    /// <exception cref="Diagnostics.GuardException">BG0010 or BG0011: the state directory cannot be read.</exception>
    public static GuardedView Look(Composition composition)
    {
        composition.RequireLocksReadable();
        List<LeaseUse> leases = [];
        List<TicketView> queue = [];
        List<UnreadableTicket> unreadable = [];
        List<StopTarget> recorded = [];
        foreach (string name in composition.Layout.LockNames(composition.StateFiles).Order(StringComparer.Ordinal))
        {
            TreeSnapshot tree = composition.Viewer.Look(name);
            leases.AddRange(LeaseUse.Of(tree, composition.Processes, composition.Containment));
            queue.AddRange(tree.Queue);
            unreadable.AddRange(tree.Unreadable);
            recorded.AddRange(StopTarget.Of(tree));
        }

        IReadOnlyList<UnrecordedUse> unrecorded = UnrecordedUse.Of(composition.UnrecordedHolders.Describe(recorded, unreadable), leases, composition.Processes);
        return new GuardedView([.. leases.Select(lease => UnrecordedUse.Without(lease, unrecorded))], queue, composition.Machine.Look())
        {
            Unreadable = unreadable,
            Unrecorded = unrecorded,
        };
    }

    /// <summary>The processes that hold a lease, wait for one, or run under one; of some only those that the others descend from.</summary>
    /// <param name="composition">Where.</param>
    /// <param name="unseen">The tickets that cannot be read and of which not even the kernel tells who holds them.</param>
    public HashSet<int> Guarded(Composition composition, out IReadOnlyList<UnreadableTicket> unseen)
    {
        GuardedProcesses found = GuardedProcesses.Find(Leases.Select(lease => lease.View.Record).Concat(Queue.Select(ticket => ticket.Record)), composition);
        unseen = [.. Unreadable.Where(ticket => !found.LockedFiles.Any(file => file.EndsWith($"/{ticket.Id.Ticket}", StringComparison.Ordinal)))];
        return [.. found.Roots, .. Leases.SelectMany(lease => lease.Processes).Concat(Unrecorded.SelectMany(report => report.Processes)).Select(row => row.Pid)];
    }

    /// <summary>The same as the watch wants it.</summary>
    /// <param name="at">When, since the watch began.</param>
    /// <param name="usableBytes">Memory that this machine or container may use, in bytes.</param>
    /// <param name="own">The lease that this program stands in, which it does not end; <c>null</c> for none.</param>
    public WatchSample ToSample(TimeSpan at, long usableBytes, LeaseId? own) =>
        new(at, usableBytes, State.FreeMemoryBytes, [.. Leases.Select(lease => SampleOf(lease, own)), .. UnrecordedLeases.Select(report => SampleOf(report, own))]) { Unreadable = Unreadable };

    private static TreeSample SampleOf(UnrecordedUse report, LeaseId? own) =>
        new(report.Holder.Lease!.Value, report.Holder.Label, report.Holder.Process.Pid, report.Holder.Held)
        {
            MemoryBytes = report.Processes.Sum(p => p.MemoryBytes),
            Limits = report.Holder.IsOperation ? report.Holder.Ticket?.Record.Limits : s_none,
            Processes = report.Processes.Count,
            CpuMilliseconds = report.All.Sum(p => p.CpuMilliseconds),
            WrittenBytes = report.All.Sum(p => p.WrittenBytes),
            MayBeEnded = report.Holder.IsOperation && !(own is { } mine && mine.IsIn(report.Holder.Lease.Value)),
            IsUnrecorded = true,
        };

    private static TreeSample SampleOf(LeaseUse lease, LeaseId? own)
    {
        LeaseId id = lease.View.Id;
        bool isAround = own is { } mine && mine.IsIn(id);
        return new TreeSample(id, lease.View.Record.Label, lease.View.Pid, lease.View.Age)
        {
            MemoryBytes = lease.Processes.Sum(p => p.MemoryBytes),
            Limits = lease.View.Record.Kind == LeaseKind.Operation ? lease.View.Record.Limits : s_none,
            Processes = lease.Processes.Count,
            CpuMilliseconds = lease.Processes.Concat(lease.Inside).Sum(p => p.CpuMilliseconds),
            WrittenBytes = lease.Processes.Concat(lease.Inside).Sum(p => p.WrittenBytes),
            IsDead = !lease.View.HolderAlive,
            MayBeEnded = lease.View.Record.Kind == LeaseKind.Operation && !isAround,
        };
    }
}
