namespace BuildGuard.Operations;

/// <summary>Which queue to stand in.</summary>
public record QueueRequest
{
    /// <summary>What people see.</summary>
    public required string Label { get; init; }

    /// <summary>The lock to queue under when this process stands in no lease.</summary>
    public required string LockName { get; init; }

    /// <summary>How many may run at once under it.</summary>
    public required int Slots { get; init; }

    /// <summary>The value of <c>BUILDGUARD_LEASE</c>, if it is set.</summary>
    public required string? LeaseVariable { get; init; }

    /// <summary>Whether command lines and directories may be recorded.</summary>
    public required bool RecordCommand { get; init; }

    /// <summary>The working directory; <c>null</c>: there is none any more.</summary>
    public required string? WorkingDirectory { get; init; }
}
