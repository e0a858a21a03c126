namespace BuildGuard.Watching;

/// <summary>From where on the watch speaks, or acts.</summary>
public sealed record WatchLimits
{
    /// <summary>Memory in use of what this machine or container may use, in per cent, from which on something is ended.</summary>
    public double MemoryPercent { get; init; } = 80;

    /// <summary>Processes in all guarded trees together from which on it warns.</summary>
    public int Processes { get; init; } = 100;

    /// <summary>How long a lock may be held before it warns.</summary>
    public TimeSpan Held { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long without CPU and output counts as stalled; <c>null</c> for never.</summary>
    public TimeSpan? Stall { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What an operation may use whose ticket does not say, in bytes: where growing memory will end; <c>null</c> for no limit.</summary>
    public long? TreeMemoryBytes { get; init; }

    /// <summary>Whether unguarded processes that the configuration names may be ended too.</summary>
    public bool EndsNamed { get; init; }

    /// <summary>Whether what would be ended is only named.</summary>
    public bool IsDryRun { get; init; }
}
