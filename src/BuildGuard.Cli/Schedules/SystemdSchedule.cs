using System.Text.RegularExpressions;
using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Schedules;

/// <summary>A timer of the user's systemd: systemd.timer(5).</summary>
internal sealed partial class SystemdSchedule(ScheduledCommand command) : FileSchedule(command)
{
    private const string Timer = "buildguard-reap.timer";

    public override string Kind => "systemd";

    public override bool IsAvailable => ExternalProgram.Ask("systemctl", ["--user", "show-environment"]).IsSuccess;

    public override IReadOnlyList<string> Places => [Path.Combine(Folder, "buildguard-reap.service"), Path.Combine(Folder, Timer)];

    protected override IReadOnlyList<string[]> Starts => [["systemctl", "--user", "daemon-reload"], ["systemctl", "--user", "enable", Timer], ["systemctl", "--user", "restart", Timer]];

    protected override IReadOnlyList<string[]> Stops => [["systemctl", "--user", "disable", "--now", Timer]];

    protected override IReadOnlyList<string[]> Goodbyes => [["systemctl", "--user", "daemon-reload"]];

    protected override Regex Rhythm => EverySeconds();

    private static string Folder => Path.Combine(
        Composition.Variables("XDG_CONFIG_HOME") is { Length: > 0 } named ? named : Path.Combine(Home, ".config"), "systemd", "user");

    protected override IReadOnlyList<string> Texts(TimeSpan interval) =>
    [
        $"""
        # Written by 'buildguard schedule install' {Seal.Word}
        [Unit]
        Description=End what killed holders of BuildGuard left

        [Service]
        Type=oneshot
        {(Command.Assignment is { } variable ? $"Environment={Quote(variable)}\n" : "")}ExecStart={string.Join(' ', Command.Words.Select(word => Quote(word).Replace("$", "$$", StringComparison.Ordinal)))}

        """,
        $"""
        # Written by 'buildguard schedule install' {Seal.Word}
        [Unit]
        Description=End what killed holders of BuildGuard left, from time to time

        [Timer]
        OnActiveSec={interval.TotalSeconds:0}
        OnUnitActiveSec={interval.TotalSeconds:0}

        [Install]
        WantedBy=timers.target

        """,
    ];

    [GeneratedRegex(@"^OnUnitActiveSec=(\d+)$", RegexOptions.Multiline)]
    private static partial Regex EverySeconds();

    // systemd.syntax(7): in quotes a backslash escapes; a % stands for something unless it is doubled, in a command a $ too.
    private static string Quote(string word) => "\"" + word
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("%", "%%", StringComparison.Ordinal) + "\"";
}
