using System.CommandLine;
using System.Text.RegularExpressions;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Programs;
using BuildGuard.Cli.Schedules;
using BuildGuard.Diagnostics;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard schedule</c>: reaps from time to time what killed holders left.</summary>
internal static partial class ScheduleVerb
{
    private const string DefaultInterval = "10m";

    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    private static readonly Option<string> Idle = ReapVerb.IdleOption();

    public static Command Command()
    {
        var interval = new Option<string>("--interval") { HelpName = "DURATION", Description = $"The time between two reaps; {DefaultInterval} by default" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be written" };
        return new Command("schedule", "Run 'buildguard reap' from time to time, by what keeps the time of this user here.")
        {
            Action("install", "Install it: a timer of the user's systemd where there is one, else a line in the crontab.", [interval, Idle, dryRun], (result, all, kind) =>
            {
                string? given = result.GetValue(interval);
                TimeSpan time = ViewOptions.DurationOf("schedule install", "--interval", given ?? DefaultInterval);
                return time < Shortest
                    ? throw new GuardException(Messages.BadUsage("schedule install", "--interval must be at least 1m"))
                    : [Install(kind ?? ScheduleKinds.Best(all), time, given is not null, result.GetValue(dryRun))];
            }),
            Action("remove", "Take it away again.", [dryRun], (result, all, kind) =>
                [.. Present(all, kind).Select(one => Remove(one, result.GetValue(dryRun)))]),
            Action("status", "Show whether it is installed.", [], (_, all, kind) =>
                [.. Present(all, kind).Select(one => new ScheduleOutcome(one, Change.None, [], one.State != ScheduleState.Absent ? RemarkOf(one) : one.IsAvailable ? "" : $"{one.Kind} does not run here"))]),
        };
    }

    private static Command Action(string name, string help, Option[] options, Func<ParseResult, IReadOnlyList<ISchedule>, ISchedule?, List<ScheduleOutcome>> action)
    {
        var json = ViewOptions.Json();
        var kind = new Option<string>("--kind") { HelpName = "KIND", Description = $"By what: {ScheduleKinds.Names}" };
        kind.CompletionSources.Add("systemd", "cron", "launchd", "taskscheduler");
        var command = new Command(name, help) { kind, json };
        Array.ForEach(options, command.Options.Add);
        command.SetAction(result =>
        {
            IReadOnlyList<ISchedule> all = ScheduleKinds.All(ScheduledCommand.Current(ReapVerb.IdleOf($"schedule {name}", result.GetValue(Idle))));
            ISchedule? named = result.GetValue(kind) is { } text ? ScheduleKinds.Named(all, text) : null;
            List<ScheduleOutcome> outcomes = Do(() => action(result, all, named), isChange: name != "status");
            if (result.GetValue(json))
            {
                Terminal.WriteJson(writer => ScheduleOutcome.Write(writer, outcomes));
            }
            else
            {
                ScheduleOutcome.Show(Terminal.Lines, outcomes);
            }

            return outcomes.Exists(outcome => outcome.Change == Change.Kept) ? ExitCodes.Findings : ExitCodes.Success;
        });
        return command;
    }

    private static List<ScheduleOutcome> Do(Func<List<ScheduleOutcome>> action, bool isChange)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GuardException(isChange
                ? Messages.ScheduleFailed(e.Message, "make it writable, or choose another --kind")
                : Messages.ScheduleUnreadable(e.Message, "make it readable, or choose another --kind"));
        }
    }

    private static IEnumerable<ISchedule> Present(IReadOnlyList<ISchedule> all, ISchedule? named) =>
        named is not null ? [named] : all.Where(one => one.State != ScheduleState.Absent);

    private static ScheduleOutcome Install(ISchedule schedule, TimeSpan interval, bool isGiven, bool dryRun)
    {
        IReadOnlyList<SchedulePart> plan = schedule.Plan(interval);
        if (schedule.State == ScheduleState.Edited)
        {
            return new ScheduleOutcome(schedule, Change.Kept, plan, "it was edited; take it away by hand to have it written again");
        }

        string remark = string.Join("; ", ((string[])[DroppedBy(schedule, plan), isGiven ? "" : ChangedBy(schedule, interval), RemarkOf(schedule, isThere: !dryRun)]).Where(text => text.Length > 0));
        return dryRun
            ? new ScheduleOutcome(schedule, Change.Planned, plan, remark)
            : new ScheduleOutcome(schedule, schedule.Install(plan) ? Change.Installed : Change.None, plan, remark);
    }

    /// <summary>It is written as the options say, so a rule that is left out is off; whoever only wanted another interval is told.</summary>
    private static string DroppedBy(ISchedule schedule, IReadOnlyList<SchedulePart> plan)
    {
        Match earlier = IdleRule().Match(schedule.Written);
        return earlier.Success && !plan.Any(part => IdleRule().IsMatch(part.Text))
            ? $"the earlier one had --idle {earlier.Groups[1].Value}, this one has not: give it again to keep it"
            : "";
    }

    private static string ChangedBy(ISchedule schedule, TimeSpan interval) => schedule.Interval is { } earlier && earlier != interval
        ? $"the earlier one had --interval {Duration.ToText(earlier)}, this one has {Duration.ToText(interval)}: give it again to keep it"
        : "";

    /// <summary>The option and its value, whatever each kind writes around them.</summary>
    [GeneratedRegex(@"--idle\D+(\d\w*)")]
    private static partial Regex IdleRule();

    private static ScheduleOutcome Remove(ISchedule schedule, bool dryRun)
    {
        switch (schedule.State)
        {
            case ScheduleState.Edited:
                return new ScheduleOutcome(schedule, Change.Kept, [], "it was edited; take it away by hand");
            case ScheduleState.Absent:
                return new ScheduleOutcome(schedule, Change.None, [], "");
            case var _ when dryRun:
                return new ScheduleOutcome(schedule, Change.Planned, [], "it would be taken away");
            default:
                schedule.Remove();
                return new ScheduleOutcome(schedule, Change.Removed, [], "");
        }
    }

    private static string RemarkOf(ISchedule schedule, bool isThere = true)
    {
        string absent = schedule.IsAvailable ? "" : $"{schedule.Kind} does not run here: the file {(isThere ? "is" : "would be")} written, and nothing starts it";
        string untested = ScheduleKinds.Untested.Contains(schedule.Kind) ? "nobody has tested this kind yet: see that it does what it should" : "";
        return string.Join("; ", ((string[])[absent, schedule.Missing, untested]).Where(text => text.Length > 0));
    }
}
