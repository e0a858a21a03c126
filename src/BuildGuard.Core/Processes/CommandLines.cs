using BuildGuard.Containment;

namespace BuildGuard.Processes;

/// <summary>Processes without their command lines, where these must be neither written nor shown: their names stand for them.</summary>
public static class CommandLines
{
    /// <summary>A running process without its command line.</summary>
    public static ProcessRow Without(ProcessRow process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return process with { Command = "" };
    }

    /// <summary>Running processes.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="mayShow">Whether they keep their command lines.</param>
    public static IReadOnlyList<ProcessRow> Of(IReadOnlyList<ProcessRow> processes, bool mayShow) =>
        mayShow ? processes : [.. processes.Select(Without)];

    /// <summary>Processes that were ended.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="mayShow">Whether they keep their command lines.</param>
    public static IReadOnlyList<EndedProcess> Of(IReadOnlyList<EndedProcess> processes, bool mayShow) =>
        mayShow ? processes : [.. processes.Select(process => process with { Command = "" })];
}
