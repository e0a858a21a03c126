using System.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Operations;

/// <summary>One that holds a lease or waits for one, and is to be ended.</summary>
/// <param name="Id">The lease, or the one that a waiting ticket would be.</param>
/// <param name="Record">Who it is.</param>
/// <param name="IsWaiting">Whether it still waits.</param>
public sealed record StopTarget(LeaseId Id, LeaseRecord Record, bool IsWaiting)
{
    /// <summary>Whether only another user, or root, may end it: it is not asked.</summary>
    public bool IsAnothers { get; init; }

    /// <summary>All of one tree: leases from the outermost in, then those that wait.</summary>
    public static IEnumerable<StopTarget> Of(TreeSnapshot tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return tree.Leases.Select(lease => new StopTarget(lease.Id, lease.Record, IsWaiting: false))
            .Concat(tree.Queue.Select(ticket => new StopTarget(ticket.Id, ticket.Record, IsWaiting: true)));
    }
}

/// <summary>
/// Ends every guarded tree and empties the queues, or ends one lease with what is inside it. Whoever is asked and does not
/// end by itself is killed. Nothing that has no ticket is touched.
/// </summary>
public sealed class EmergencyStop
{
    /// <summary>How long those that are asked may take; a helper kills its tree at once and needs a few milliseconds.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>How often it is looked whether they have.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Newcomers are ended too; whoever goes on starting new ones has to be stopped first.</summary>
    private const int MaxRounds = 5;

    private readonly IStateFiles _files;
    private readonly StateLayout _layout;
    private readonly TreeReader _viewer;
    private readonly IProcessTable _processes;
    private readonly IProcessSignals _signals;
    private readonly Reaper _reaper;
    private readonly string _verb;

    /// <summary>Prepares it; nothing happens yet.</summary>
    /// <param name="files">The state files.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="viewer">Reads the lease tree.</param>
    /// <param name="processes">Running processes.</param>
    /// <param name="signals">Signals to them.</param>
    /// <param name="reaper">Ends what the killed leave.</param>
    /// <param name="verb">Who does it: <c>stop</c>, <c>monitor</c> or <c>top</c>. What is ended says so.</param>
    public EmergencyStop(
        IStateFiles files, StateLayout layout, TreeReader viewer, IProcessTable processes, IProcessSignals signals, Reaper reaper, string verb)
    {
        (_files, _layout, _viewer, _processes, _signals, _reaper, _verb) = (files, layout, viewer, processes, signals, reaper, verb);
    }

    /// <summary>The shortage of memory for which it ends something; what is ended says so.</summary>
    public MemoryShortage? Shortage { get; init; }

    /// <summary>Who would be ended: leases from the outermost in, then those that wait.</summary>
    /// <param name="only">The one to end with what is inside it; <c>null</c>: everything, under every lock.</param>
    public IReadOnlyList<StopTarget> Look(LeaseId? only)
    {
        StopTarget[] all = [.. _viewer.LookAtAll().SelectMany(StopTarget.Of)];
        return [.. all.Where(target => only is not { } one || target.Id.IsIn(one)).OrderBy(target => target.IsWaiting)];
    }

    /// <summary>
    /// Says to all that wait that they are to end, before anybody is ended after whom their turn comes. To be followed by
    /// <see cref="End"/>.
    /// </summary>
    /// <returns>Those.</returns>
    public IReadOnlyList<StopTarget> Announce()
    {
        StopTarget[] waiting = [.. Look(only: null).Where(target => target.IsWaiting && StopMark.MayEnd(_files, _layout, target.Id))];
        Array.ForEach(waiting, Mark);
        return waiting;
    }

    /// <summary>Ends them.</summary>
    /// <param name="only">As in <see cref="Look"/>.</param>
    /// <param name="found">Told of each that is asked to end, and of each that this user may not ask, once.</param>
    /// <returns>Those that are left: none if all is over.</returns>
    /// <exception cref="Diagnostics.GuardException">BG4003: something of a dead lease cannot be ended.</exception>
    public IReadOnlyList<StopTarget> End(LeaseId? only, Action<StopTarget> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        HashSet<LeaseId> known = [];
        for (int round = 0; round < MaxRounds; round++)
        {
            StopTarget[] targets = [.. Look(only).Select(target => target with { IsAnothers = IsHeld(target) && !StopMark.MayEnd(_files, _layout, target.Id) })];
            foreach (StopTarget target in targets.Where(target => known.Add(target.Id)))
            {
                found(target);
            }

            StopTarget[] own = [.. targets.Where(target => !target.IsAnothers)];
            if (own.Length == 0)
            {
                break;
            }

            EndOnce(own, only);
        }

        foreach (LeaseId lease in known)
        {
            StopMark.TakeBack(_files, _layout, lease);
        }

        return Look(only);
    }

    private void EndOnce(IReadOnlyList<StopTarget> targets, LeaseId? only)
    {
        // Before anybody is asked: whoever ends takes its builds' other processes out of sight.
        List<ProcessIdentity> trees = [.. targets.SelectMany(TreeOf)];
        foreach (StopTarget target in targets)
        {
            Mark(target);
        }

        // Those that wait first, from the last to the first, so that nobody comes to a turn that was just given up.
        foreach (StopTarget target in targets.Where(t => t.IsWaiting).Reverse())
        {
            _signals.Terminate(target.Record.Holder);
        }

        foreach (StopTarget target in targets.Where(t => !t.IsWaiting))
        {
            if (target.Record.Owner is { } build)
            {
                // As Ctrl+C does, for then it fails and says why; asked by SIGTERM, MSBuild ends with exit code 0.
                _signals.Interrupt(build);
            }
            else
            {
                _signals.Terminate(target.Record.Holder);
            }
        }

        HashSet<LeaseId> asked = [.. targets.Select(target => target.Id)];
        long start = Stopwatch.GetTimestamp();
        while (Look(only).Any(target => asked.Contains(target.Id) && IsHeld(target)) && Stopwatch.GetElapsedTime(start) < Patience)
        {
            Thread.Sleep(Pause);
        }

        foreach (StopTarget target in Look(only).Where(target => asked.Contains(target.Id)))
        {
            _signals.Kill(target.Record.Holder);
        }

        trees.ForEach(_signals.Kill);
        _reaper.Reap(static _ => { });
    }

    /// <summary>Leaves word for it that it is to end, and why.</summary>
    private void Mark(StopTarget target) => StopMark.Leave(_files, _layout, target.Id, new StopCause(_verb, Shortage));

    /// <summary>The processes of a build, which live in no group of the guard.</summary>
    private IEnumerable<ProcessIdentity> TreeOf(StopTarget target) => target is { IsWaiting: false, Record.Owner: { } owner }
        ? TreeOf(owner, _processes)
        : [];

    /// <summary>A process and what it started, as it is now: whoever ends takes what he started out of sight.</summary>
    internal static IEnumerable<ProcessIdentity> TreeOf(ProcessIdentity root, IProcessTable processes) =>
        [root, .. processes.DescendantsOf(root.Pid).Select(row => processes.Identify(row.Pid)).OfType<ProcessIdentity>()];

    private bool IsHeld(StopTarget target) =>
        _processes.IsAlive(target.Record.Holder) != false || (target.Record.Owner is { } owner && _processes.IsAlive(owner) != false);
}
