using BuildGuard.Containment;

namespace BuildGuard.Operations;

/// <summary>One command to run under the guard.</summary>
public sealed record OperationRequest
{
    /// <summary>The command and its arguments.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>What people see.</summary>
    public required string Label { get; init; }

    /// <summary>The lock to queue under.</summary>
    public required string LockName { get; init; }

    /// <summary>How many may run at once under the lock.</summary>
    public required int Slots { get; init; }

    /// <summary>The value of <c>BUILDGUARD_LEASE</c>, if it is set.</summary>
    public required string? LeaseVariable { get; init; }

    /// <summary>What it may use.</summary>
    public required Limits Limits { get; init; }

    /// <summary>Names of processes that stay alive after it.</summary>
    public required IReadOnlyCollection<string> Keep { get; init; }

    /// <summary>Whether it ends when the process that asked for it ends.</summary>
    public required bool WithParent { get; init; }

    /// <summary>Whether command lines and directories may be recorded.</summary>
    public required bool RecordCommand { get; init; }

    /// <summary>The working directory.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The command line as it is recorded.</summary>
    public string CommandText => RecordCommand ? string.Join(' ', Arguments) : Label;
}
