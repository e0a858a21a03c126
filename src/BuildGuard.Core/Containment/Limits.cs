namespace BuildGuard.Containment;

/// <summary>What one operation may use. <c>null</c> means: no limit.</summary>
public sealed record Limits
{
    /// <summary>Memory of the whole process tree, in bytes, swap included, page cache not counted as a crime.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Processes (not threads) in the tree.</summary>
    public int? Processes { get; init; }

    /// <summary>Open files of each process.</summary>
    public int? OpenFiles { get; init; }

    /// <summary>Whether <see cref="OpenFiles"/> is the hard limit too: when it was set explicitly.</summary>
    public bool OpenFilesHard { get; init; }

    /// <summary>Run time of the operation; waiting for the turn is not counted.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>No CPU and no output of the whole tree for that long counts as stalled.</summary>
    public TimeSpan? Stall { get; init; }

    /// <summary>Whether a stalled tree is ended; otherwise it is only reported.</summary>
    public bool StallKills { get; init; }

    /// <summary>Time between the polite request to end and the kill, when an operation is cancelled or times out. Default 5 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);
}
