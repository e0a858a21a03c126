using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Spawn;

namespace BuildGuard.Platform.Linux;

/// <summary>No help of the kernel's but being handed the orphans: limits are watched by sampling, the end is a hunt.</summary>
internal sealed class BareContainer(LinuxProcessTable table, LeaseId lease, Limits limits, CgroupName name)
    : LinuxContainer(table, lease, limits, name)
{
    private long _peakMemory;

    // How much a process has takes the kernel longer to tell than all else that is asked of it.
    private Dictionary<int, (ProcStat Stat, long Memory)> _looked = [];
    private Dictionary<int, (ProcStat Stat, long Memory)> _lookedBefore = [];

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
        (_looked, _lookedBefore) = (_lookedBefore, _looked);
        _looked.Clear();
        foreach (ProcStat stat in Family.LikelyMembers())
        {
            processes++;
            cpu += LinuxProcessTable.CpuOf(stat);
            long its = MemoryOf(stat);
            memory += its;
            _looked[stat.Pid] = (stat, its);
        }

        _peakMemory = Math.Max(_peakMemory, memory);
        _peakProcesses = Math.Max(_peakProcesses, processes);
        return new Usage(memory, _peakMemory, processes, _peakProcesses, ReapedMilliseconds + cpu, false, false);
    }

    private long MemoryOf(in ProcStat stat) =>
        _lookedBefore.TryGetValue(stat.Pid, out (ProcStat Stat, long Memory) before)
            && before.Stat.StartTime == stat.StartTime
            && before.Stat.Memory == stat.Memory
            ? before.Memory
            : LinuxProcessTable.MemoryOf(stat);

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
