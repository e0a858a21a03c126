using BuildGuard.Leases;

namespace BuildGuard.Watching;

/// <summary>One look at the machine and at all that is guarded.</summary>
/// <param name="At">When, by a clock that nobody sets, from any beginning.</param>
/// <param name="UsableBytes">Memory that this machine or container may use, in bytes.</param>
/// <param name="FreeBytes">What of it can be had without swapping, in bytes.</param>
/// <param name="Trees">All leases, parents before their children.</param>
public sealed record WatchSample(TimeSpan At, long UsableBytes, long FreeBytes, IReadOnlyList<TreeSample> Trees)
{
    /// <summary>Unguarded processes that the configuration names; none where it names none.</summary>
    public IReadOnlyList<NamedSample> Named { get; init; } = [];

    /// <summary>What may be ended for memory.</summary>
    public IEnumerable<IEndable> Endable => Trees.Where(tree => tree.MayBeEnded).Concat<IEndable>(Named);

    /// <summary>The tickets that are held and cannot be read: what belongs to them is in a tree only where the kernel tells who holds them.</summary>
    public IReadOnlyList<UnreadableTicket> Unreadable { get; init; } = [];

    /// <summary>Memory in use, in bytes.</summary>
    public long UsedBytes => Math.Max(0, UsableBytes - FreeBytes);

    /// <summary>Memory in use, in per cent of what may be used.</summary>
    public double UsedPercent => UsableBytes <= 0 ? 0 : 100.0 * UsedBytes / UsableBytes;

    /// <summary>Processes in all guarded trees together.</summary>
    public int Processes => Trees.Sum(tree => tree.Processes);
}

/// <summary>One lease at the moment of the look.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Label">What people see.</param>
/// <param name="Pid">The process that holds it.</param>
/// <param name="Held">How long it has had the turn.</param>
public sealed record TreeSample(LeaseId Id, string Label, int Pid, TimeSpan Held) : IEndable
{
    /// <summary>Memory of its own processes, those of the leases inside not counted, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>What its ticket says that it may use, with the leases inside; <c>null</c>: it does not say.</summary>
    public LeaseLimits? Limits { get; init; }

    /// <summary>Its own processes.</summary>
    public int Processes { get; init; }

    /// <summary>CPU time of its processes, those of the leases inside included, in milliseconds.</summary>
    public long CpuMilliseconds { get; init; }

    /// <summary>Bytes that those have written to anything.</summary>
    public long WrittenBytes { get; init; }

    /// <summary>Whether its holder died and nobody has ended yet what it left.</summary>
    public bool IsDead { get; init; }

    /// <summary>Whether it is an operation that the watch may end. A build's own processes are never ended by it, nor the lease that it stands in.</summary>
    public bool MayBeEnded { get; init; }

    /// <summary>Whether no ticket tells of it, but the kernel's list of locks: it is ended by that.</summary>
    public bool IsUnrecorded { get; init; }

    /// <inheritdoc/>
    object IEndable.Key => Id;
}
