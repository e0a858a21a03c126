using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>Reads what version 1 groups use, from files that stay open once they have been asked for.</summary>
internal sealed unsafe class CgroupV1Meter(Cgroup memory, Cgroup? unified, long? limit) : IDisposable
{
    private const int O_NONBLOCK = 0x800;

    private readonly OpenFile _usage = new(memory, "memory.usage_in_bytes");
    private readonly OpenFile _stat = new(memory, "memory.stat");
    private readonly OpenFile _peak = new(memory, "memory.max_usage_in_bytes");
    private readonly OpenFile _oom = new(memory, "memory.oom_control");
    private readonly OpenFile? _cpu = unified is { } beside ? new OpenFile(beside, "cpu.stat") : null;
    private readonly Squeeze _squeeze = new(limit);
    private bool _outOfMemory;
    private long _peakMemory;

    /// <summary>Readable when the kernel ran out of memory inside the limit; -1 if it does not tell.</summary>
    public int OutOfMemoryEvent { get; private set; } = -1;

    /// <summary>CPU time of all processes so far, in milliseconds; -1 where the kernel does not keep it.</summary>
    public long CpuMilliseconds
    {
        get
        {
            Span<byte> buffer = stackalloc byte[1024];
            long microseconds = _cpu is null ? -1 : ProcFile.Field(_cpu.Read(buffer), "usage_usec"u8);
            return microseconds < 0 ? -1 : microseconds / 1000;
        }
    }

    /// <summary>Whether the kernel killed a process inside because the limit was reached.</summary>
    public bool OutOfMemory
    {
        get
        {
            Span<byte> buffer = stackalloc byte[256];
            return _outOfMemory |= ProcFile.Field(_oom.Read(buffer), "oom_kill"u8) > 0;
        }
    }

    /// <summary>Whether the last look at the memory found it at the limit without the kernel saying so.</summary>
    public bool Squeezed => _squeeze.IsThere;

    /// <summary>
    /// What counts now and at most, in bytes: what is charged to the group without the page cache, which the kernel
    /// drops by itself before the limit hurts. The kernel keeps the peak with the cache of that moment; the cache of
    /// now is taken off it, and the largest value that was seen is the least it can be.
    /// </summary>
    public (long Now, long Peak) Memory()
    {
        Span<byte> buffer = stackalloc byte[4096];
        ReadOnlySpan<byte> stat = _stat.Read(buffer);
        long cache = Math.Max(0, ProcFile.Field(stat, "total_inactive_file"u8)) + Math.Max(0, ProcFile.Field(stat, "total_active_file"u8));
        long swap = Math.Max(0, ProcFile.Field(stat, "total_swap"u8));
        long usage = _usage.Number();
        long now = Math.Max(0, usage - cache) + swap;
        _squeeze.Look(usage + swap, cache, ProcFile.Field(stat, "total_pgmajfault"u8), Environment.TickCount64);
        _peakMemory = Math.Max(_peakMemory, Math.Max(now, _peak.Number() - cache));
        return (now, _peakMemory);
    }

    /// <summary>Asks the kernel to tell when the limit is reached (cgroups-v1 <c>memory.oom_control</c>). Without it the counter is read.</summary>
    public void Listen()
    {
        if (OutOfMemoryEvent >= 0)
        {
            return;
        }

        int control = _oom.Descriptor;
        int registration = memory.Open("cgroup.event_control", Libc.O_WRONLY);
        if (control < 0 || registration < 0)
        {
            return;
        }

        int happened = Libc.EventFd(0, Libc.O_CLOEXEC | O_NONBLOCK);
        Span<byte> text = stackalloc byte[32];
        System.Buffers.Text.Utf8Formatter.TryFormat(happened, text, out int length);
        text[length++] = (byte)' ';
        System.Buffers.Text.Utf8Formatter.TryFormat(control, text[length..], out int more);
        fixed (byte* start = text)
        {
            if (Libc.Write(registration, start, (nuint)(length + more)) > 0)
            {
                OutOfMemoryEvent = happened;
            }
            else
            {
                _ = Libc.Close(happened);
            }
        }

        _ = Libc.Close(registration);
    }

    /// <summary>Takes the event, so that it is not told twice; whether there was one.</summary>
    public bool TakeOutOfMemoryEvent()
    {
        ulong count;
        bool happened = OutOfMemoryEvent >= 0 && Libc.Read(OutOfMemoryEvent, &count, sizeof(ulong)) == sizeof(ulong);
        _outOfMemory |= happened;
        return happened;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OpenFile? file in (ReadOnlySpan<OpenFile?>)[_usage, _stat, _peak, _oom, _cpu])
        {
            file?.Dispose();
        }

        if (OutOfMemoryEvent >= 0)
        {
            _ = Libc.Close(OutOfMemoryEvent);
            OutOfMemoryEvent = -1;
        }
    }
}
