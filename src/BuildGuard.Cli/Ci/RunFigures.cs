using System.Globalization;
using BuildGuard.Containment;
using BuildGuard.Operations;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Ci;

/// <summary>What came of an operation, for people who read the log of a build.</summary>
/// <param name="Title">All that matters, in one line.</param>
/// <param name="Lines">The rest.</param>
internal sealed record RunFigures(string Title, IReadOnlyList<string> Lines)
{
    /// <summary>The figures of a report.</summary>
    /// <param name="report">What came of it.</param>
    /// <param name="label">What people see in the queue.</param>
    /// <param name="settings">The limits.</param>
    public static RunFigures Of(OperationReport report, string label, GuardSettings settings)
    {
        string waited = report.Waited < TimeSpan.FromSeconds(1) ? "" : $", waited {Text(report.Waited)}";
        string peak = report.PeakMemoryBytes is { } bytes ? $", peak {Size.ToText(bytes)}" : "";
        string how = report.Outcome == Outcome.Exited ? "" : $" ({report.Outcome.ToName()})";
        List<(string Name, string Value)> rows =
        [
            ("command", report.Command),
            ("lease", report.Lease),
            ("ended", $"{report.Outcome.ToName()}, exit code {report.ExitCode}"),
            ("waited", Text(report.Waited)),
            ("ran", Text(report.Duration)),
            ("CPU", report.CpuMilliseconds is { } cpu ? Text(TimeSpan.FromMilliseconds(cpu)) : "not measured"),
            ("memory", Against(report.PeakMemoryBytes is { } most ? Size.ToText(most) : null, settings.MaxMemory is { } limit ? Size.ToText(limit) : null)),
            ("processes", Against(report.PeakProcesses?.ToString(CultureInfo.InvariantCulture), settings.MaxProcesses?.ToString(CultureInfo.InvariantCulture))),
            ("containment", report.Rung?.ToName() ?? "none: nothing was started"),
            ("orphans", report.OrphansEnded.Count == 0 ? "none" : string.Join(", ", report.OrphansEnded.Select(orphan => $"{orphan.Name} ({orphan.Pid})"))),
        ];
        return new RunFigures(
            OneLine($"{label} ended with {report.ExitCode}{how} after {Text(report.Duration)}{waited}{peak}"),
            [.. rows.Select(row => OneLine($"  {row.Name,-12}{row.Value}"))]);
    }

    private static string Against(string? peak, string? limit) => $"peak {peak ?? "not measured"}, limit {limit ?? "none"}";

    private static string Text(TimeSpan time) => time < TimeSpan.FromSeconds(1) ? Duration.ToText(time) : Duration.ToAge(time);

    private static string OneLine(string text) => Output.Terminal.Safe(text, 300);
}
