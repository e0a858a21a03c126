using System.Text.RegularExpressions;
using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Schedules;

/// <summary>A block of lines in the user's crontab; all other lines stay as they are, byte for byte.</summary>
internal sealed partial class CronSchedule(ScheduledCommand command) : ISchedule
{
    private static readonly SealedBlock Block = new("schedule");

    private const int MinutesOfHour = 60;
    private const int HoursOfDay = 24;

    public string Kind => "cron";

    public bool IsAvailable => ExternalProgram.Ask("crontab", ["-l"]).ExitCode != ExitCodes.NotFound;

    public string Missing => IsAvailable && !LinuxProcessTable.IsAnyRunning("cron", "crond") ? "neither cron nor crond is seen to run here: nothing starts it before one does" : "";

    public IReadOnlyList<string> Places => ["crontab"];

    public ScheduleState State => Block.Find(Read(), out _) switch { null => ScheduleState.Absent, true => ScheduleState.Installed, false => ScheduleState.Edited };

    public string Written => Read() is var crontab && Block.Find(crontab, out Range place) is not null ? crontab[place] : "";

    public TimeSpan? Interval => Times().Match(Written) is { Success: true } match && int.TryParse(match.Groups[2].ValueSpan, out int units)
        ? match.Groups[1].Length == 0 ? TimeSpan.FromMinutes(units) : TimeSpan.FromHours(units)
        : null;

    public IReadOnlyList<SchedulePart> Plan(TimeSpan interval)
    {
        command.RequireOneLine(Kind);
        return [new(Places[0], Block.Of(ByteText.Of($"{TimesOf(interval)} {ShellLine()} >/dev/null 2>&1\n")))];
    }

    public bool Install(IReadOnlyList<SchedulePart> parts)
    {
        string before = Read();
        if (Block.Find(before, out Range place) is null)
        {
            place = before.Length..before.Length;
        }

        string after = Ended(before[..place.Start.Value]) + parts[0].Text + before[place.End.Value..];
        if (after == before)
        {
            return false;
        }

        Write(after);
        return true;
    }

    public void Remove()
    {
        string before = Read();
        if (Block.Find(before, out Range place) is not null)
        {
            Write(Ended(before[..place.Start.Value]) + before[place.End.Value..]);
        }
    }

    /// <summary>With an end of its last line: crontab(1) takes no file without one, and what is written behind it needs it.</summary>
    private static string Ended(string lines) => lines.Length == 0 || lines.EndsWith('\n') ? lines : lines + "\n";

    /// <summary>What <see cref="TimesOf"/> writes.</summary>
    [GeneratedRegex(@"^(0 )?\*/([0-9]+) \*", RegexOptions.Multiline)]
    private static partial Regex Times();

    private static string TimesOf(TimeSpan interval)
    {
        int minutes = (int)interval.TotalMinutes;
        return interval.TotalMinutes == minutes && minutes switch
        {
            > 0 and < MinutesOfHour => MinutesOfHour % minutes == 0,
            _ => minutes % MinutesOfHour == 0 && minutes > 0 && HoursOfDay % (minutes / MinutesOfHour) == 0,
        }
            ? minutes < MinutesOfHour ? $"*/{minutes} * * * *" : $"0 */{minutes / MinutesOfHour} * * *"
            : throw new GuardException(Messages.BadUsage("schedule", $"cron cannot do something every {Duration.ToText(interval)}: expected minutes that divide an hour, or hours that divide a day"));
    }

    // A percent sign would end the command: crontab(5). Whether a backslash before a backslash stands for itself is not the same everywhere.
    private string ShellLine()
    {
        string line = (command.StateDirectory is { } state ? $"{Platform.Unix.StateDirectory.Variable}={ShellWord.Quote(state)} " : "") + string.Join(' ', command.Words.Select(ShellWord.Quote));
        return BackslashBeforeSpecial().IsMatch(line)
            ? throw command.CannotBeIn(Kind, "a backslash before a percent sign or another backslash")
            : line.Replace("%", "\\%", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\\[\\%]")]
    private static partial Regex BackslashBeforeSpecial();

    private static string Read()
    {
        Answer answer = ExternalProgram.Ask("crontab", ["-l"]);
        return answer.IsSuccess ? answer.Raw
            : answer.ExitCode == ExitCodes.NotFound || answer.Error.Contains("no crontab", StringComparison.Ordinal) ? ""
            : throw new GuardException(Messages.ScheduleUnreadable($"the crontab cannot be read: {answer.Complaint}", "see that 'crontab -l' works"));
    }

    private static void Write(string crontab)
    {
        // An empty one is none.
        Answer answer = crontab.Length == 0
            ? ExternalProgram.Ask("crontab", ["-r"])
            : ExternalProgram.Ask("crontab", ["-"], input: ByteText.ToBytes(crontab));
        if (!answer.IsSuccess)
        {
            throw new GuardException(Messages.ScheduleFailed($"the crontab cannot be written: {answer.Complaint}", "see that 'crontab -e' works"));
        }
    }
}
