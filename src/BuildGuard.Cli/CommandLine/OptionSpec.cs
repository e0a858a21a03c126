using BuildGuard.Settings;

namespace BuildGuard.Cli.CommandLine;

/// <summary>One option of <c>run</c> or <c>session</c>: the single source of the fast parser and of the help.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Value">What stands behind it, as in <c>SIZE</c>; <c>null</c> if nothing does.</param>
/// <param name="Help">What it does.</param>
internal sealed record OptionSpec(string Name, string? Value, string Help)
{
    /// <summary>The setting that it gives; <c>null</c> if it is none.</summary>
    public Setting? Setting { get; init; }

    /// <summary>Words that a shell completes behind it; others may be valid too.</summary>
    public string[] Completions { get; init; } = [];

    /// <summary>Whether it may stand more than once.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Whether the help leaves it out: it is between the tasks and the helper.</summary>
    public bool IsHidden { get; init; }
}
