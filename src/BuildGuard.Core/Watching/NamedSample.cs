using BuildGuard.Processes;

namespace BuildGuard.Watching;

/// <summary>An unguarded process that <c>MonitorEnds</c> names, at the moment of the look, with what it has started.</summary>
/// <param name="Process">The process.</param>
/// <param name="Name">The short name that the kernel keeps.</param>
/// <param name="Rule">The name in the setting that it was found by.</param>
public sealed record NamedSample(ProcessIdentity Process, string Name, string Rule) : IEndable
{
    /// <summary>Itself and its descendants without what is guarded among them, nearest first.</summary>
    public required IReadOnlyList<int> Pids { get; init; }

    /// <summary>Memory of all of them, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <inheritdoc/>
    object IEndable.Key => Process;
}
