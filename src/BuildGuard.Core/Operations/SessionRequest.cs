namespace BuildGuard.Operations;

/// <summary>One whole build that asks for its lease.</summary>
public sealed record SessionRequest
{
    /// <summary>What people see.</summary>
    public required string Label { get; init; }

    /// <summary>The build's id, the same on all its nodes: 1 to 64 of <c>a-z 0-9 . _ -</c>.</summary>
    public required string Build { get; init; }

    /// <summary>The process that is served: the MSBuild node.</summary>
    public required int OwnerPid { get; init; }

    /// <inheritdoc cref="OperationRequest.LockName"/>
    public required string LockName { get; init; }

    /// <inheritdoc cref="OperationRequest.Slots"/>
    public required int Slots { get; init; }

    /// <inheritdoc cref="OperationRequest.LeaseVariable"/>
    public required string? LeaseVariable { get; init; }

    /// <inheritdoc cref="OperationRequest.RecordCommand"/>
    public required bool RecordCommand { get; init; }

    /// <inheritdoc cref="OperationRequest.WorkingDirectory"/>
    public required string WorkingDirectory { get; init; }
}
