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
        foreach (ProcStat stat in Family.LikelyMembers())
        {
            processes++;
            cpu += LinuxProcessTable.CpuOf(stat);
            memory += LinuxProcessTable.MemoryOf(stat);
        }

        _peakMemory = Math.Max(_peakMemory, memory);
        _peakProcesses = Math.Max(_peakProcesses, processes);
        return new Usage(memory, _peakMemory, processes, _peakProcesses, ReapedMilliseconds + cpu, false, false);
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
