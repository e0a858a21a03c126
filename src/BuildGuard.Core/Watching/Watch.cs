using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;

namespace BuildGuard.Watching;

/// <summary>One thing that the watch noticed.</summary>
/// <param name="Message">What is said.</param>
/// <param name="Tree">The lease that it is about; <c>null</c>: the machine, or an unguarded process.</param>
/// <param name="Named">The unguarded process that it is about.</param>
public sealed record WatchFinding(GuardMessage Message, TreeSample? Tree, NamedSample? Named = null);

/// <summary>What came of one look.</summary>
/// <param name="Findings">What is new since the look before; a state is told once, when it begins.</param>
/// <param name="ToEnd">What to end; <c>null</c> for nothing.</param>
public sealed record WatchRound(IReadOnlyList<WatchFinding> Findings, IEndable? ToEnd);

/// <summary>
/// The rules of <c>buildguard monitor</c>. Knows no clock, no process and no machine: it is told. Keeps a bounded number of
/// samples for each lease that is there, and none of those that are gone.
/// </summary>
public sealed class Watch
{
    /// <summary>Growth that leaves more time than that is no news.</summary>
    private static readonly TimeSpan s_horizon = TimeSpan.FromHours(1);

    private readonly WatchLimits _limits;
    private readonly MemoryGovernor _governor;
    private readonly Dictionary<LeaseId, Tree> _trees = [];
    private bool _isHigh;
    private bool _hasMany;
    private bool _saidHelpless;

    /// <summary>A watch that has seen nothing yet.</summary>
    public Watch(WatchLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        (_limits, _governor) = (limits, new MemoryGovernor(limits.MemoryPercent));
    }

    /// <summary>Judges one look.</summary>
    public WatchRound Look(WatchSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        List<WatchFinding> findings = [];
        IEndable? victim = _governor.Judge(sample);
        JudgeMachine(sample, victim, findings);
        JudgeProcesses(sample, findings);
        HashSet<LeaseId> there = [.. sample.Trees.Select(tree => tree.Id)];
        foreach (LeaseId gone in _trees.Keys.Where(id => !there.Contains(id)).ToArray())
        {
            _trees.Remove(gone);
        }

        foreach (TreeSample tree in sample.Trees)
        {
            JudgeTree(sample, tree, findings);
        }

        return new WatchRound(findings, victim);
    }

    /// <summary>It was ended, or would have been in a dry run.</summary>
    /// <param name="what">What was to be ended.</param>
    /// <param name="sample">The look that led to it.</param>
    public void Ended(IEndable what, WatchSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        _governor.Ended(what, sample.UsedPercent);
    }

    /// <summary>Another watch ended something.</summary>
    /// <param name="usedPercent">Memory in use at that time, in per cent.</param>
    /// <param name="ago">How long ago that was.</param>
    /// <returns>Whether it still counts: what it gave may show only now.</returns>
    public bool EndedBefore(double usedPercent, TimeSpan ago) => _governor.EndedBefore(usedPercent, ago);

    /// <summary>It is still there although it was to be ended.</summary>
    public void NotEnded(IEndable what) => _governor.NotEnded(what);

    private void JudgeMachine(WatchSample sample, IEndable? victim, List<WatchFinding> findings)
    {
        if (_governor.IsHigh != _isHigh)
        {
            _isHigh = _governor.IsHigh;
            _saidHelpless = false;
            findings.Add(new WatchFinding(
                _isHigh
                    ? Messages.MachineMemoryHigh(sample.UsedPercent, _limits.MemoryPercent, sample.UsedBytes, sample.UsableBytes, _limits.EndsNamed, _limits.IsDryRun)
                    : Messages.MachineMemoryCalm(sample.UsedPercent, _limits.MemoryPercent),
                null));
        }

        bool isHelpless = sample.UsedPercent >= _limits.MemoryPercent && victim is null && !sample.Endable.Any(one => one.MemoryBytes >= MemoryGovernor.WorthEnding);
        if (isHelpless && !_saidHelpless)
        {
            _saidHelpless = true;
            findings.Add(new WatchFinding(Messages.NothingToEnd(sample.UsedPercent, MemoryGovernor.WorthEnding, _limits.EndsNamed), null));
        }
    }

    private void JudgeProcesses(WatchSample sample, List<WatchFinding> findings)
    {
        bool hasMany = sample.Processes >= _limits.Processes;
        if (hasMany && !_hasMany)
        {
            findings.Add(new WatchFinding(Messages.ManyProcesses(sample.Processes, _limits.Processes), sample.Trees.MaxBy(tree => tree.Processes)));
        }

        _hasMany = hasMany;
    }

    private void JudgeTree(WatchSample sample, TreeSample tree, List<WatchFinding> findings)
    {
        if (!_trees.TryGetValue(tree.Id, out Tree? state))
        {
            _trees.Add(tree.Id, state = new Tree(sample.At, _limits.Stall));
        }

        if (tree.IsDead && !state.SaidDead)
        {
            state.SaidDead = true;
            findings.Add(new WatchFinding(Messages.DeadLeases([tree.Label]), tree));
        }

        if (tree.Id.Parent is null && tree.Held >= _limits.Held && !state.SaidHeld)
        {
            state.SaidHeld = true;
            findings.Add(new WatchFinding(Messages.HeldLong(tree.Id.Value, tree.Label, tree.Pid, tree.Held, _limits.Held), tree));
        }

        if (tree.MayBeEnded && state.Activity.JudgeActivity(sample.At - state.Since, tree.CpuMilliseconds, tree.WrittenBytes) == Finding.Stalled)
        {
            findings.Add(new WatchFinding(Messages.TreeStalled(tree.Id.Value, tree.Label, _limits.Stall ?? TimeSpan.Zero), tree));
        }

        JudgeGrowth(sample, tree, state, findings);
    }

    private void JudgeGrowth(WatchSample sample, TreeSample tree, Tree state, List<WatchFinding> findings)
    {
        state.Memory.Add(sample.At, tree.MemoryBytes);
        double growth = state.Memory.BytesPerSecond();
        if (growth <= 0)
        {
            state.SaidGrowth = false;
            return;
        }

        TimeSpan machine = TimeTo(((_limits.MemoryPercent / 100) * sample.UsableBytes) - sample.UsedBytes, growth);
        (TreeSample limited, long? room) = NearestLimit(sample, tree);
        TimeSpan own = TimeTo(room, growth);
        TimeSpan left = machine < own ? machine : own;
        if (!state.SaidGrowth && left <= s_horizon)
        {
            state.SaidGrowth = true;
            findings.Add(new WatchFinding(
                own <= machine
                    ? Messages.MemoryGrowsToLimit(
                        tree.Id.Value, tree.Label, tree.MemoryBytes, growth, left, LimitOf(limited) ?? 0, limited.Limits is not null, limited.Id == tree.Id ? null : limited.Id.Value, limited.Label)
                    : Messages.MemoryGrowsToThreshold(tree.Id.Value, tree.Label, tree.MemoryBytes, growth, left, _limits.MemoryPercent),
                tree));
        }
    }

    /// <summary>Of the limits that it counts to, its own and those of the leases around it, the one with the least room, and that in bytes.</summary>
    private (TreeSample Limited, long? Room) NearestLimit(WatchSample sample, TreeSample tree)
    {
        (TreeSample Limited, long? Room) nearest = (tree, null);
        foreach (TreeSample around in sample.Trees.Where(around => tree.Id.IsIn(around.Id)))
        {
            long? room = LimitOf(around) - sample.Trees.Where(inside => inside.Id.IsIn(around.Id)).Sum(inside => inside.MemoryBytes);
            nearest = room is null || nearest.Room <= room ? nearest : (around, room);
        }

        return nearest;
    }

    private long? LimitOf(TreeSample tree) => tree.Limits is { } told ? told.MemoryBytes : _limits.TreeMemoryBytes;

    private static TimeSpan TimeTo(double? bytes, double perSecond) => bytes is not { } left || left / perSecond > TimeSpan.MaxValue.TotalSeconds / 2
        ? TimeSpan.MaxValue
        : TimeSpan.FromSeconds(Math.Max(0, left / perSecond));

    private sealed class Tree(TimeSpan since, TimeSpan? stall)
    {
        public TimeSpan Since { get; } = since;

        public MemoryTrend Memory { get; } = new();

        public Supervision Activity { get; } = new(new Limits { Stall = stall });

        public bool SaidDead { get; set; }

        public bool SaidHeld { get; set; }

        public bool SaidGrowth { get; set; }
    }
}
