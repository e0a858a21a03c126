using System.Security;
using System.Text.RegularExpressions;
using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Schedules;

/// <summary>A task of Windows, as schtasks.exe takes it. Never run by us: see <see cref="ScheduleKinds.Untested"/>.</summary>
internal sealed partial class TaskSchedulerSchedule(ScheduledCommand command) : FileSchedule(command)
{
    private const string TaskName = "BuildGuard reap";

    public override string Kind => "taskscheduler";

    public override bool IsAvailable => OperatingSystem.IsWindows();

    public override IReadOnlyList<string> Places => [Path.Combine(Home, ".config", "buildguard", "reap-task.xml")];

    protected override IReadOnlyList<string[]> Starts => [["schtasks", "/create", "/f", "/tn", TaskName, "/xml", Places[0]]];

    protected override IReadOnlyList<string[]> Stops => [["schtasks", "/delete", "/f", "/tn", TaskName]];

    protected override Regex Rhythm => EveryMinutes();

    protected override TimeSpan Unit => TimeSpan.FromMinutes(1);

    protected override IReadOnlyList<string> Texts(TimeSpan interval)
    {
        (string program, string arguments) = Call();
        return
        [
            $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- Written by 'buildguard schedule install' {Seal.Word} -->
            <Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
              <Triggers>
                <TimeTrigger>
                  <StartBoundary>2000-01-01T00:00:00</StartBoundary>
                  <Repetition><Interval>PT{interval.TotalMinutes:0}M</Interval></Repetition>
                </TimeTrigger>
              </Triggers>
              <Settings>
                <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
                <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
              </Settings>
              <Actions>
                <Exec>
                  <Command>{SecurityElement.Escape(program)}</Command>
                  <Arguments>{SecurityElement.Escape(arguments)}</Arguments>
                </Exec>
              </Actions>
            </Task>

            """,
        ];
    }

    /// <summary>
    /// A task has no variables of its own, so where one has to be set the command interpreter sets it: with /s it takes everything
    /// between the first and the last quotation mark as it is, but for percent signs, which nothing keeps from it.
    /// </summary>
    private (string Program, string Arguments) Call()
    {
        static string Quoted(IEnumerable<string> words) => string.Join(' ', words.Select(word => $"\"{word}\""));
        if (Command.Assignment is not { } assignment)
        {
            return (Command.Words[0], Quoted(Command.Words.Skip(1)));
        }

        return Command.Words.Append(assignment).Any(word => word.Contains('%', StringComparison.Ordinal) || word.Contains('"', StringComparison.Ordinal))
            ? throw Command.CannotBeIn(Kind, "a percent sign or a quotation mark")
            : ("cmd.exe", $"/d /s /c \"set \"{assignment}\"&& {Quoted(Command.Words)}\"");
    }

    [GeneratedRegex("<Interval>PT([0-9]+)M</Interval>")]
    private static partial Regex EveryMinutes();
}
