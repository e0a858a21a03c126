using System.Security;
using System.Text.RegularExpressions;
using BuildGuard.Cli.Programs;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Schedules;

/// <summary>An agent of macOS: launchd.plist(5). Written with care, and never run by us: see <see cref="ScheduleKinds.Untested"/>.</summary>
internal sealed partial class LaunchdSchedule(ScheduledCommand command) : FileSchedule(command)
{
    public override string Kind => "launchd";

    public override bool IsAvailable => OperatingSystem.IsMacOS();

    public override IReadOnlyList<string> Places => [Path.Combine(Home, "Library", "LaunchAgents", "buildguard.reap.plist")];

    protected override IReadOnlyList<string[]> Starts => [["launchctl", "load", "-w", Places[0]]];

    protected override IReadOnlyList<string[]> Stops => [["launchctl", "unload", "-w", Places[0]]];

    protected override Regex Rhythm => EverySeconds();

    protected override IReadOnlyList<string> Texts(TimeSpan interval) =>
    [
        $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- Written by 'buildguard schedule install' {Seal.Word} -->
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">
        <dict>
          <key>Label</key><string>buildguard.reap</string>
          <key>ProgramArguments</key>
          <array>{string.Concat(Command.Words.Select(word => $"<string>{SecurityElement.Escape(word)}</string>"))}</array>
          <key>StartInterval</key><integer>{interval.TotalSeconds:0}</integer>{Variables()}
        </dict>
        </plist>

        """,
    ];

    [GeneratedRegex("<key>StartInterval</key><integer>([0-9]+)</integer>")]
    private static partial Regex EverySeconds();

    private string Variables() => Command.StateDirectory is { } state
        ? $"\n  <key>EnvironmentVariables</key><dict><key>{StateDirectory.Variable}</key><string>{SecurityElement.Escape(state)}</string></dict>"
        : "";
}
