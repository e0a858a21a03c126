using System.CommandLine;
using System.Globalization;
using BuildGuard.Audit;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Containment;
using BuildGuard.Platform.Unix;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard log</c>: the audit trail.</summary>
internal static class LogVerb
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    public static Command Command(Composition composition)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON Lines" };
        var follow = new Option<bool>("--follow") { Description = "Go on with what is added, until interrupted" };
        var since = new Option<string>("--since") { HelpName = "DURATION", Description = "Only what happened in that time, as in 30m or 2h" };
        var command = new Command("log", "Show the audit trail: what ran, waited, peaked, was ended.") { json, follow, since };
        command.SetAction(result =>
        {
            DateTimeOffset from = result.GetValue(since) is { } text
                ? DateTimeOffset.UtcNow - ViewOptions.DurationOf("log", "--since", text)
                : DateTimeOffset.MinValue;
            composition.RequireReadable();
            return Show(new AuditReader(composition.AuditFiles, composition.StateDirectoryPath), from, result.GetValue(follow), result.GetValue(json));
        });
        return command;
    }

    private static int Show(AuditReader reader, DateTimeOffset from, bool follow, bool asJson)
    {
        using var output = new OutputStream();
        long shown = 0;
        foreach (AuditRecord record in reader.ReadAll().Where(r => r.Time >= from))
        {
            Write(output, record, asJson);
            shown++;
        }

        if (shown == 0 && !asJson)
        {
            // Not among the records: whoever counts or filters them must not find it there.
            Note($"nothing is recorded{(from == DateTimeOffset.MinValue ? " yet" : " in that time")}");
        }

        while (follow)
        {
            Thread.Sleep(Interval);
            foreach (AuditRecord record in reader.ReadNew())
            {
                Write(output, record, asJson);
            }
        }

        if (reader.Skipped > 0)
        {
            Note($"{reader.Skipped} damaged line{(reader.Skipped == 1 ? " of the audit trail was" : "s of the audit trail were")} left out");
        }

        return ExitCodes.Success;
    }

    private static void Note(string text) => StandardStreams.WriteLine(StandardStreams.Error, Fold.At("buildguard: " + text, StandardStreams.Columns(StandardStreams.Error)));

    private static void Write(Stream output, AuditRecord record, bool asJson)
    {
        if (asJson)
        {
            output.Write(AuditLine.Write(record));
        }
        else
        {
            Terminal.Lines.WriteLine(LineOf(record));
        }
    }

    /// <summary>What the watch found is all in its words; those are shorter than this, in characters.</summary>
    private const int MaxReason = 600;

    private static string LineOf(AuditRecord record)
    {
        string time = record.Time.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        string name = AuditLine.NameOf(record.Event).PadRight(9);
        string shown = record.Event switch
        {
            AuditEvent.Breach or AuditEvent.Killed or AuditEvent.Stalled or AuditEvent.Refused or AuditEvent.Stopped => Terminal.Red(name),
            AuditEvent.Acquired or AuditEvent.Released => Terminal.Green(name),
            _ => name,
        };
        string what = Terminal.Safe(record.Label ?? record.Command ?? "", 60);
        return $"{Terminal.Faint(time)}  {shown}  {Terminal.Safe(record.Lease ?? "-"),-24}  {what}{Details(record)}";
    }

    private static string Details(AuditRecord record)
    {
        var parts = new List<string>();
        Add(parts, record.Code, code => Terminal.Safe(code));
        Add(parts, record.Code is "BG3006" or "BG3007" or "BG3008" or "BG3010" ? record.Reason : null, reason => Terminal.Safe(reason, MaxReason));
        Add(parts, record.Position, position => $"position {position}");
        Add(parts, record.WaitedMilliseconds, waited => $"waited {Age(waited)}");
        Add(parts, record.DurationMilliseconds, ran => $"ran {Age(ran)}");
        Add(parts, record.PeakMemoryBytes, peak => $"peak {Size.ToText(peak)}");
        Add(parts, record.PeakProcesses, peak => peak == 1 ? "1 process" : $"{peak} processes");
        Add(parts, record.Outcome, outcome => Terminal.Safe(outcome));
        Add(parts, record.ExitCode, code => $"exit {code}");
        Add(parts, record.Containment, rung => rung.ToName());
        foreach (AuditProcess process in (record.Processes ?? []).Take(4))
        {
            parts.Add($"{Terminal.Safe(process.Name, 20)} (pid {process.Pid}{(process.Kept ? ", kept" : "")})");
        }

        if (record.Processes?.Count > 4)
        {
            parts.Add($"{record.Processes.Count - 4} more");
        }

        return parts.Count == 0 ? "" : "  " + string.Join(", ", parts);
    }

    private static void Add<T>(List<string> parts, T? value, Func<T, string> text)
        where T : struct
    {
        if (value is { } given)
        {
            parts.Add(text(given));
        }
    }

    private static void Add(List<string> parts, string? value, Func<string, string> text)
    {
        if (value is not null)
        {
            parts.Add(text(value));
        }
    }

    private static string Age(long milliseconds) => Duration.ToAge(TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, uint.MaxValue * 100L)));
}
