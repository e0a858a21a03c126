using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Spawn;

namespace BuildGuard.Platform.Linux;

/// <summary>No help of the kernel's but being handed the orphans: limits are watched by sampling, the end is a hunt.</summary>
internal sealed class BareContainer(LinuxProcessTable table, LeaseId lease, Limits limits, CgroupName name)
    : LinuxContainer(table, lease, limits, name)
{
    private long _peakMemory;
    private long _jointMemory;
    private bool _asksForShares;
    private bool _isNearMemory;
    private int _processes;
    private int _latest;

    // How much a process has takes the kernel longer to tell than all else that is asked of it.
    private Dictionary<int, (ProcStat Stat, ProcessMemory Memory)> _looked = [];
    private Dictionary<int, (ProcStat Stat, ProcessMemory Memory)> _lookedBefore = [];
    private bool _hasChanged;

    // The command itself: it may have ended before the first look.
    private int _peakProcesses = 1;

    /// <inheritdoc/>
    public override Rung Rung => Rung.Bare;

    /// <inheritdoc/>
    protected override Usage Look()
    {
        long memory = 0;
        long cpu = 0;
        int processes = 0;
        _latest = Newborns.Latest();
        (_looked, _lookedBefore) = (_lookedBefore, _looked);
        _looked.Clear();
        _hasChanged = false;
        foreach (ProcStat stat in Family.LikelyMembers(MayCutShort))
        {
            if (++processes % Family.AskedEach == 0 && MayCutShort())
            {
                break;
            }

            cpu += LinuxProcessTable.CpuOf(stat);
            ProcessMemory its = MemoryOf(stat);
            memory += its.Bytes;
            _looked[stat.Pid] = (stat, its);
        }

        _hasChanged |= _looked.Count != _lookedBefore.Count;
        memory = CountedOnce(memory);
        _processes = processes;
        _peakMemory = Math.Max(_peakMemory, memory);
        _peakProcesses = Math.Max(_peakProcesses, processes);
        return new Usage(memory, _peakMemory, processes, _peakProcesses, ReapedMilliseconds + cpu, false, false);
    }

    /// <inheritdoc/>
    protected override bool StopsAll => true;

    /// <inheritdoc/>
    protected override Pace Pace => _isNearMemory || _processes * 100L >= Limits.Processes * (long)Supervision.NearPercent ? Pace.Hurried
        : _asksForShares ? Pace.Brisk : Pace.Ordinary;

    /// <inheritdoc/>
    protected override bool MayBecomeUrgent => Limits.Processes is not null;

    /// <summary>More have come, somewhere on the machine, than there may be inside: they may be ours.</summary>
    protected override bool IsUrgent => _latest != 0 && Newborns.Latest() - _latest > Limits.Processes - _processes;

    private ProcessMemory MemoryOf(in ProcStat stat)
    {
        if (_lookedBefore.TryGetValue(stat.Pid, out (ProcStat Stat, ProcessMemory Memory) before)
            && before.Stat.StartTime == stat.StartTime
            && before.Stat.IsForkOfParent == stat.IsForkOfParent
            && before.Stat.Memory == stat.Memory)
        {
            return before.Memory;
        }

        _hasChanged = true;
        return LinuxProcessTable.MemoryOf(stat);
    }

    /// <summary>
    /// Near the limit the sum of what each has is not enough: it may be far too much. Far from it the sum will do, which is
    /// never too little.
    /// </summary>
    private long CountedOnce(long sum)
    {
        if (Limits.MemoryBytes is not { } limit || sum < limit / 100 * Supervision.NearPercent)
        {
            _isNearMemory = _asksForShares = false;
            return sum;
        }

        // They are asked one after the other.
        if (_hasChanged || !_asksForShares)
        {
            _jointMemory = JointMemory.Of(_looked.Values);
            if (JointMemory.HasOneLeft(_looked.Values))
            {
                _jointMemory = Math.Min(_jointMemory, JointMemory.Of(_looked.Values));
            }
        }

        _asksForShares = true;
        _isNearMemory = _jointMemory >= limit / 100 * Supervision.NearPercent;
        return _jointMemory;
    }

    /// <inheritdoc/>
    protected override StartedProcess Spawn(StartRequest request, BirthIn birth) => birth(request, new BirthPlace
    {
        UnifiedDirectory = -1,
        OpenFiles = Limits.OpenFiles,
        OpenFilesHard = Limits.OpenFilesHard,
        Mark = Mark,
    });

    /// <inheritdoc/>
    protected override TreeEnd Ending(int command) => new(Table)
    {
        Find = Members,
        IsMember = IsMember,
        Glance = Glance,
        Strike = () => Chase(),
        Reap = () => Reap(),
        Killed = Killed,
        Chase = Chase,
        StopFirst = true,
        Proof = 2,
        Command = command,
    };
}
