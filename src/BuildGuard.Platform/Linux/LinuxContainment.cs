using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Spawn;
using BuildGuard.Processes;

namespace BuildGuard.Platform.Linux;

/// <summary>Containment on Linux: control groups where they can be had, else what a process may do by itself.</summary>
/// <remarks>
/// Create it before any signal handler is registered: it remembers which signals were ignored at the start, for the
/// commands to inherit.
/// </remarks>
public sealed class LinuxContainment : IContainment
{
    /// <summary>Takes a lower rung than the best: <c>cgroupV2</c>, <c>systemdScope</c>, <c>cgroupV1</c> or <c>bare</c>. For tests, and for machines whose best rung misbehaves.</summary>
    public const string OverrideVariable = "BUILDGUARD_CONTAINMENT";

    private readonly LinuxProcessTable _table;
    private readonly CgroupName _name;
    private readonly Ladder _ladder;
    private readonly string? _forced;
    private CgroupView _view;

    /// <summary>Looks for the best rung.</summary>
    /// <param name="stateDirectory">The state directory: control groups are named after it, so that leftovers of its leases are recognised.</param>
    /// <param name="table">The processes.</param>
    /// <param name="machineDirectory">The directory of the lock <c>machine</c>; <c>null</c> if the state directory serves for that too.</param>
    /// <param name="machine">The machine, if somebody has looked at it already: what it read is not read again.</param>
    /// <exception cref="GuardException">BG4002: the rung that <see cref="OverrideVariable"/> asks for cannot be had; BG0003: it is none.</exception>
    public LinuxContainment(string stateDirectory, LinuxProcessTable table, string? machineDirectory = null, LinuxMachine? machine = null)
        : this(new CgroupName(stateDirectory, machineDirectory), table, machine?.Groups ?? CgroupView.Read(), Environment.GetEnvironmentVariable(OverrideVariable))
    {
    }

    /// <summary>The same, with the rung to take in place of the environment's word.</summary>
    internal LinuxContainment(CgroupName name, LinuxProcessTable table, CgroupView view, string? forced)
    {
        SignalDispositions.Capture();
        _table = table;
        _name = name;
        _view = view;
        _forced = forced;
        _ladder = Ladder.Descend(RungOf(forced), _view);
        RequireForced();
    }

    /// <inheritdoc/>
    public Rung Rung => _ladder.Rung;

    /// <inheritdoc/>
    public IReadOnlyList<RungRefusal> Refusals => _ladder.Refusals;

    /// <inheritdoc/>
    public void RequireCommand(string command, string? path) => CommandLookup.Require(command, path);

    /// <inheritdoc/>
    public IReadOnlyList<string> Weaknesses(Limits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        List<string> weaknesses = [];
        if (Rung == Rung.Bare)
        {
            if (limits.MemoryBytes is not null)
            {
                weaknesses.Add("the memory limit is watched by sampling: a process that grows fast can exceed it for a moment");
            }

            if (limits.Processes is not null)
            {
                weaknesses.Add("the process limit is watched by sampling: a fork bomb can exceed it for a moment");
            }
        }

        if (_ladder.V1 is { } place && limits.MemoryBytes is not null
            && !File.Exists(place.Memory.Path + "/memory.memsw.limit_in_bytes") && HasSwap())
        {
            weaknesses.Add("the memory limit does not count swap: the kernel runs without swapaccount=1");
        }

        return weaknesses;
    }

    /// <inheritdoc/>
    public IContainer Plan(LeaseId lease, Limits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (_ladder.Enter(_name.ScopeOf(lease), $"BuildGuard {lease.Value}"))
        {
            _view = CgroupView.Read();
            RequireForced();
        }

        return Place(lease, limits);
    }

    /// <inheritdoc/>
    public IContainer? PlanAhead(LeaseId lease, Limits limits) => _ladder.IsEntered ? Place(lease, limits) : null;

    /// <inheritdoc/>
    public bool RemovePlace(LeaseId lease, string record) => new LeaseProcesses(_table, _view, _name, lease, record).RemoveGroups();

    /// <inheritdoc/>
    public LeftoversEnd EndLeftovers(LeaseId lease, string record, LeaseUser whose = default) =>
        new LeaseProcesses(_table, _view, _name, lease, record, whose).End();

    /// <inheritdoc/>
    public bool Sees(ProcessIdentity holder, string record) =>
        _table.SeesNamespaceOf(holder) || ContainerRecord.Groups(record).Exists(static path => new Cgroup(path).Exists);

    /// <inheritdoc/>
    public IReadOnlyList<ProcessRow> FindLeftovers(LeaseId lease, string record, LeaseUser whose = default) =>
        _table.Describe(new LeaseProcesses(_table, _view, _name, lease, record, whose).Find());

    /// <inheritdoc/>
    public IReadOnlyList<ProcessRow> FindAll() => new LeaseSweep(_table, _name).Find();

    /// <inheritdoc/>
    public IReadOnlyList<EndedProcess> EndAll() => new LeaseSweep(_table, _name).End();

    /// <inheritdoc/>
    public long? PeakMemoryOf(LeaseId lease, string record) =>
        new LeaseProcesses(_table, _view, _name, lease, record).PeakMemoryBytes();

    private LinuxContainer Place(LeaseId lease, Limits limits) => _ladder switch
    {
        { V2: { } place } => new CgroupV2Container(_table, lease, limits, _name, place),
        { V1: { } place } => new CgroupV1Container(_table, lease, limits, _name, place),
        _ => new BareContainer(_table, lease, limits, _name),
    };

    private void RequireForced()
    {
        Rung asked = RungOf(_forced);
        if (!string.IsNullOrEmpty(_forced) && _ladder.Rung != asked)
        {
            RungRefusal? refusal = _ladder.Refusals.FirstOrDefault(refusal => refusal.Rung == asked);
            throw new GuardException(new GuardMessage(
                MessageLevel.Error,
                "BG4002",
                $"{OverrideVariable}={_forced} asks for a containment that cannot be had here: {refusal?.Reason}."
                + (string.IsNullOrEmpty(refusal?.Remedy) ? string.Empty : $" Remedy: {refusal.Remedy}.")));
        }
    }

    private static Rung RungOf(string? forced) => forced switch
    {
        null or "" or "cgroupV2" => Rung.CgroupV2,
        "systemdScope" => Rung.SystemdScope,
        "cgroupV1" => Rung.CgroupV1,
        "bare" => Rung.Bare,
        _ => throw new GuardException(new GuardMessage(
            MessageLevel.Error, "BG0003", $"{OverrideVariable}={forced}: expected cgroupV2, systemdScope, cgroupV1 or bare.")),
    };

    private static bool HasSwap() => (ProcFile.ReadText("/proc/swaps") ?? string.Empty).Count(static c => c == '\n') > 1;
}
