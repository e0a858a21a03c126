namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>Reads what the pids controller keeps of a group, which is the same in both versions, from files that stay open once they have been asked for.</summary>
internal sealed class TaskMeter(Cgroup group) : IDisposable
{
    private readonly OpenFile _current = new(group, "pids.current");
    private readonly OpenFile _peak = new(group, "pids.peak");
    private readonly OpenFile _events = new(group, "pids.events");

    /// <summary>Tasks (threads) now, zombies that wait to be collected included; -1 if unknown.</summary>
    public long Current => _current.Number();

    /// <summary>The most tasks (threads) there ever were; -1 before Linux 6.1.</summary>
    public long Peak => _peak.Number();

    /// <summary>Has something to say (POLLPRI) whenever a fork was refused; -1 if the kernel does not tell.</summary>
    public int Events => _events.Descriptor;

    /// <summary>Whether a fork was refused for the limit on tasks of this group, or of one around it.</summary>
    public bool IsForkRefused
    {
        get
        {
            Span<byte> buffer = stackalloc byte[256];
            return ProcFile.Field(_events.Read(buffer), "max"u8) > 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _current.Dispose();
        _peak.Dispose();
        _events.Dispose();
    }
}
