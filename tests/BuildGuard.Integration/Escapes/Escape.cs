namespace BuildGuard.Integration.Escapes;

/// <summary>One way to get away from whoever started a command.</summary>
/// <param name="Name">What it is called in the tests and in docs/containment.md.</param>
/// <param name="Script">What the command does; <c>trial.sh</c> says what it can use.</param>
internal sealed record Escape(string Name, string Script)
{
    /// <summary>Programs it needs beside a shell, each with the Debian package that has it.</summary>
    public (string Program, string Package)[] Needs { get; init; } = [];

    /// <summary>Whether it needs control groups that it may write, as root has them.</summary>
    public bool NeedsGroups { get; init; }

    /// <summary>Whether it needs the freezer of version 1.</summary>
    public bool NeedsFreezer { get; init; }

    /// <summary>Whether it ends by reaching the limit of processes, instead of by itself.</summary>
    public bool ReachesLimit { get; init; }

    /// <summary>Whether each of its processes may live so shortly that none can be named afterwards.</summary>
    public bool Nameless { get; init; }
}
