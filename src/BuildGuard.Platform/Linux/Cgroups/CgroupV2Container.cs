using System.Globalization;
using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Linux.Spawn;

namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>
/// Version 2: a group with the limits, and a leaf in it with the processes, so that operations nested inside become
/// further children of the group and cannot use more than it may.
/// </summary>
internal sealed class CgroupV2Container : CgroupContainer
{
    private readonly CgroupV2Place _place;
    private readonly Cgroup _group;
    private readonly Cgroup _leaf;
    private readonly CgroupV2Meter _meter;

    public CgroupV2Container(LinuxProcessTable table, LeaseId lease, Limits limits, CgroupName name, CgroupV2Place place)
        : base(table, lease, limits, name)
    {
        _place = place;
        OwnName = name.Of(lease);
        _group = new Cgroup($"{place.Base.Path}/{OwnName}");
        _leaf = new Cgroup($"{_group.Path}/{CgroupName.Leaf}");
        _meter = new CgroupV2Meter(_group, limits.MemoryBytes);
        Tasks = new TaskMeter(_group);
        Groups = [_group];
    }

    /// <inheritdoc/>
    public override Rung Rung => _place.Rung;

    /// <inheritdoc/>
    protected override Cgroup[] Groups { get; }

    /// <inheritdoc/>
    protected override Cgroup[] Parents =>
        CgroupView.Read().OwnDirectory(null, out _) is { } own ? [new Cgroup(own)] : [];

    /// <inheritdoc/>
    protected override string OwnName { get; }

    /// <inheritdoc/>
    protected override Cgroup? Unified => _group;

    /// <inheritdoc/>
    protected override TaskMeter Tasks { get; }

    /// <inheritdoc/>
    protected override Libc.PollFd LimitSource => new() { Fd = _meter.MemoryEvents, Events = Libc.POLLPRI };

    /// <inheritdoc/>
    protected override Usage Look()
    {
        (long memory, long peak) = _meter.Memory();
        long peakTasks = Tasks.Peak;
        (int now, int peakProcesses) = Count(Tasks.Current, peakTasks, _group);
        return Judged(new Usage(memory, peak, now, peakProcesses, _meter.CpuMilliseconds, _meter.OutOfMemory || _meter.Squeezed, IsProcessLimitHit(peakTasks)));
    }

    /// <inheritdoc/>
    protected override StartedProcess Spawn(StartRequest request, BirthIn birth)
    {
        int leaf = -1;
        bool born = false;
        try
        {
            if (_place.HandOnControllers() is not 0 and int refused)
            {
                throw Failed($"{_place.Base.Path}/cgroup.subtree_control cannot be written", refused);
            }

            Create(_group);
            Create(_leaf);
            WriteLimits();
            leaf = _leaf.OpenDirectory();
            _meter.Listen();
            StartedProcess started = birth(request, new BirthPlace
            {
                UnifiedDirectory = leaf,
                UnifiedPath = _leaf.Path,
                OpenFiles = Limits.OpenFiles,
                OpenFilesHard = Limits.OpenFilesHard,
                Mark = Mark,
            });
            born = started.Pid != 0;
            return started;
        }
        finally
        {
            if (leaf >= 0)
            {
                _ = Libc.Close(leaf);
            }

            if (!born)
            {
                Close();
            }
        }
    }

    /// <inheritdoc/>
    protected override bool LimitReached() => _meter.OutOfMemory;

    /// <inheritdoc/>
    protected override TreeEnd Ending(int command) => new(Table)
    {
        Find = Members,
        IsMember = IsMember,
        Glance = Glance,
        Reap = () => Reap(),
        Killed = Killed,
        Chase = Chase,
        Command = command,
        Strike = () =>
        {
            _ = _group.Write("pids.max", "0");
            KillAtOnce(_group);
            _ = Chase();
        },
    };

    /// <inheritdoc/>
    protected override void Close()
    {
        _meter.Dispose();
        Tasks.Dispose();
        base.Close();
    }

    private void WriteLimits()
    {
        if (Limits.MemoryBytes is { } bytes)
        {
            Require("memory.max", bytes.ToString(CultureInfo.InvariantCulture));

            // Missing where there is no swap, and no harm: then nothing can be swapped out of the limit.
            if (_group.Write("memory.swap.max", "0") is not 0 and int error)
            {
                NoteSwapUnlimited("memory.swap.max", error);
            }

            _ = _group.Write("memory.oom.group", "1");
        }

        if (Limits.Processes is not null)
        {
            Require("pids.max", TaskLimit);
        }
    }

    private void Require(string file, string value)
    {
        if (_group.Write(file, value) is not 0 and int error)
        {
            throw Failed($"{_group.Path}/{file} cannot be written", error);
        }
    }
}
