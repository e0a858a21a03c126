using System.Globalization;
using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Linux.Spawn;

namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>
/// Version 1: one group under memory, one under pids, and one of version 2 beside them where that is mounted, for
/// <c>cgroup.kill</c> and CPU time.
/// </summary>
/// <remarks>
/// No freezer group: with <c>pids.max</c> at 0 nothing inside can fork, which is all that freezing is needed for, and
/// every group costs a fifth of a millisecond to make, enter and remove.
/// </remarks>
internal sealed class CgroupV1Container : CgroupContainer
{
    private readonly CgroupV1Place _place;
    private readonly Cgroup _memory;
    private readonly Cgroup _pids;
    private readonly Cgroup? _unified;
    private readonly CgroupV1Meter _meter;
    private bool _limitUnreachable;

    public CgroupV1Container(LinuxProcessTable table, LeaseId lease, Limits limits, CgroupName name, CgroupV1Place place)
        : base(table, lease, limits, name)
    {
        _place = place;
        OwnName = name.Of(lease);
        _memory = new Cgroup($"{place.Memory.Path}/{OwnName}");
        _pids = new Cgroup($"{place.Pids.Path}/{OwnName}");
        _unified = place.Unified is { } unified ? new Cgroup($"{unified.Path}/{OwnName}") : null;
        Groups = _unified is { } beside ? [_memory, _pids, beside] : [_memory, _pids];
        Parents = place.Unified is { } parent ? [place.Memory, place.Pids, parent] : [place.Memory, place.Pids];
        _meter = new CgroupV1Meter(_memory, _unified, limits.MemoryBytes);
        Tasks = new TaskMeter(_pids);
    }

    /// <inheritdoc/>
    public override Rung Rung => Rung.CgroupV1;

    /// <inheritdoc/>
    protected override Cgroup[] Groups { get; }

    /// <inheritdoc/>
    protected override Cgroup[] Parents { get; }

    /// <inheritdoc/>
    protected override string OwnName { get; }

    /// <inheritdoc/>
    protected override Cgroup? Unified => _unified;

    /// <inheritdoc/>
    protected override TaskMeter Tasks { get; }

    /// <inheritdoc/>
    protected override Libc.PollFd LimitSource => new() { Fd = _meter.OutOfMemoryEvent, Events = Libc.POLLIN };

    /// <inheritdoc/>
    protected override Usage Look()
    {
        (long memory, long peak) = _meter.Memory();
        long peakTasks = Tasks.Peak;
        (int now, int peakProcesses) = Count(Tasks.Current, peakTasks, _unified ?? _pids);
        return Judged(new Usage(
            memory,
            peak,
            now,
            peakProcesses,
            _meter.CpuMilliseconds is >= 0 and long cpu ? cpu : ReapedMilliseconds + LivingCpu(),
            _limitUnreachable || _meter.OutOfMemory || _meter.Squeezed,
            IsProcessLimitHit(peakTasks)));
    }

    /// <inheritdoc/>
    protected override StartedProcess Spawn(StartRequest request, BirthIn birth)
    {
        int memory = -1;
        int pids = -1;
        int unified = -1;
        bool born = false;
        try
        {
            Create(_memory);
            Create(_pids);
            memory = Open(_memory, "tasks");
            pids = Open(_pids, "tasks");
            if (_unified is { } group)
            {
                Create(group);
                unified = group.OpenDirectory();
            }

            if (Limits.Processes is not null && _pids.Write("pids.max", TaskLimit) is not 0 and int error)
            {
                throw Failed($"{_pids.Path}/pids.max cannot be written", error);
            }

            StartedProcess started = birth(request, new BirthPlace
            {
                TaskFiles = [memory, pids],
                UnifiedDirectory = unified,
                UnifiedPath = _unified?.Path,
                OpenFiles = Limits.OpenFiles,
                OpenFilesHard = Limits.OpenFilesHard,
                Mark = Mark,
            });
            born = started.Pid != 0;
            return started;
        }
        finally
        {
            CloseAll(memory, pids, unified);
            if (!born)
            {
                Close();
            }
        }
    }

    /// <summary>
    /// The memory limit, in the shadow of the command's loading: setting it takes the kernel up to a millisecond, and
    /// nothing grows to gigabytes in that time. If something did, the kernel says "busy", which counts as a breach.
    /// </summary>
    protected override void AfterStart()
    {
        if (Limits.MemoryBytes is not { } bytes)
        {
            return;
        }

        string limit = bytes.ToString(CultureInfo.InvariantCulture);
        _meter.Listen();
        int error = _memory.Write("memory.limit_in_bytes", limit);
        if (error == Errno.EBUSY)
        {
            _limitUnreachable = true;
            Wake();
            return;
        }

        if (error != 0)
        {
            _ = End();
            throw Failed($"{_memory.Path}/memory.limit_in_bytes cannot be written", error);
        }

        // Memory and swap together; the file is missing where the kernel does not account swap.
        error = _memory.Write("memory.memsw.limit_in_bytes", limit);
        if (error == Errno.EBUSY)
        {
            _limitUnreachable = true;
            Wake();
        }
        else if (error is not (0 or Errno.ENOENT))
        {
            NoteSwapUnlimited("memory.memsw.limit_in_bytes", error);
        }
    }

    /// <inheritdoc/>
    protected override bool LimitReached() => _meter.TakeOutOfMemoryEvent();

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
            _ = _pids.Write("pids.max", "0");
            if (_unified is { } group)
            {
                KillAtOnce(group);
            }

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

    private long LivingCpu()
    {
        long cpu = 0;
        HashSet<int> members = [];
        _pids.Processes(members);
        foreach (int pid in members)
        {
            cpu += ProcStat.TryRead(pid, out ProcStat stat) ? LinuxProcessTable.CpuOf(stat) : 0;
        }

        return cpu;
    }

    private static void CloseAll(params ReadOnlySpan<int> fds)
    {
        foreach (int fd in fds)
        {
            if (fd >= 0)
            {
                _ = Libc.Close(fd);
            }
        }
    }
}
