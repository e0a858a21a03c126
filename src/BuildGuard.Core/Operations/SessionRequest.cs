namespace BuildGuard.Operations;

/// <summary>One whole build that asks for its lease.</summary>
public sealed record SessionRequest : QueueRequest
{
    /// <summary>The build's id, the same on all its nodes: 1 to 64 of <c>a-z 0-9 . _ -</c>.</summary>
    public required string Build { get; init; }

    /// <summary>The process that is served: the MSBuild node.</summary>
    public required int OwnerPid { get; init; }
}
