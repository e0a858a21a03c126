namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>Reads what a version 2 group uses, from files that stay open once they have been asked for.</summary>
internal sealed class CgroupV2Meter(Cgroup group, long? limit) : IDisposable
{
    private readonly OpenFile _current = new(group, "memory.current");
    private readonly OpenFile _swap = new(group, "memory.swap.current");
    private readonly OpenFile _stat = new(group, "memory.stat");
    private readonly OpenFile _peak = new(group, "memory.peak");
    private readonly OpenFile _events = new(group, "memory.events");
    private readonly OpenFile _cpu = new(group, "cpu.stat");
    private readonly Squeeze _squeeze = new(limit);
    private long _peakMemory;

    /// <summary>Has something to say (POLLPRI) whenever a counter of <c>memory.events</c> changes; -1 until <see cref="Listen"/>.</summary>
    public int MemoryEvents { get; private set; } = -1;

    /// <summary>CPU time of all processes so far, in milliseconds.</summary>
    public long CpuMilliseconds
    {
        get
        {
            Span<byte> buffer = stackalloc byte[1024];
            return Math.Max(0, ProcFile.Field(_cpu.Read(buffer), "usage_usec"u8)) / 1000;
        }
    }

    /// <summary>Whether the kernel killed a process inside because a memory limit was reached.</summary>
    public bool OutOfMemory
    {
        get
        {
            Span<byte> buffer = stackalloc byte[512];
            return ProcFile.Field(_events.Read(buffer), "oom_kill"u8) > 0;
        }
    }

    /// <inheritdoc cref="CgroupV1Meter.Squeezed"/>
    public bool Squeezed => _squeeze.IsThere;

    /// <summary>What counts now and at most, in bytes; see <see cref="CgroupV1Meter.Memory"/>.</summary>
    public (long Now, long Peak) Memory()
    {
        Span<byte> buffer = stackalloc byte[8192];
        ReadOnlySpan<byte> stat = _stat.Read(buffer);
        long cache = Math.Max(0, ProcFile.Field(stat, "inactive_file"u8)) + Math.Max(0, ProcFile.Field(stat, "active_file"u8));
        long current = _current.Number();
        long swap = Math.Max(0, _swap.Number());
        long now = Math.Max(0, current - cache) + swap;
        _squeeze.Look(current + swap, cache, ProcFile.Field(stat, "pgmajfault"u8), Environment.TickCount64);
        _peakMemory = Math.Max(_peakMemory, Math.Max(now, _peak.Number() - cache));
        return (now, _peakMemory);
    }

    /// <summary>Starts to listen: what was counted so far is no news.</summary>
    public void Listen()
    {
        MemoryEvents = _events.Descriptor;
        _ = OutOfMemory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        MemoryEvents = -1;
        foreach (OpenFile file in (ReadOnlySpan<OpenFile>)[_current, _swap, _stat, _peak, _events, _cpu])
        {
            file.Dispose();
        }
    }
}
