using BuildGuard.Containment;
using BuildGuard.Diagnostics;

namespace BuildGuard.Operations;

/// <summary>One command to run under the guard.</summary>
public sealed record OperationRequest : QueueRequest
{
    /// <summary>The command and its arguments.</summary>
    public required string[] Arguments { get; init; }

    /// <summary>What it may use.</summary>
    public required Limits Limits { get; init; }

    /// <summary>The part of <see cref="Limits"/> that somebody asked for: it is told if that holds less strongly here.</summary>
    public Limits AskedLimits { get; init; } = new();

    /// <summary>How that is told: a build may take a warning for an error.</summary>
    public MessageLevel WeaknessLevel { get; init; } = MessageLevel.Warning;

    /// <summary>Names of processes that stay alive after it.</summary>
    public required IReadOnlyCollection<string> Keep { get; init; }

    /// <summary>Whether it ends when the process that asked for it ends.</summary>
    public required bool WithParent { get; init; }

    /// <summary>The environment that the command inherits: the value of a variable, <c>null</c> if it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The command line as it is recorded.</summary>
    public string CommandText => RecordCommand ? string.Join(' ', Arguments) : Label;
}
