using BuildGuard.Processes;

namespace BuildGuard.Idling;

/// <summary>A process of the tool chain that may be a leftover.</summary>
/// <param name="Row">The process.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Age">How long it has been running.</param>
/// <param name="IsInUse">Whether somebody is connected to it, or it has children.</param>
public sealed record ToolProcess(ProcessRow Row, ToolKind Kind, TimeSpan Age, bool IsInUse);

/// <summary>Finds the processes of the tool chain.</summary>
public interface IToolProcesses
{
    /// <summary>
    /// Those of this user and this PID namespace that were not started under the guard: what was started under it is ended with
    /// its lease, or was kept by its name.
    /// </summary>
    IReadOnlyList<ToolProcess> Find();
}
