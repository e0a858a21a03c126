using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Schedules;

/// <summary>The kinds of schedules, and which of them is taken.</summary>
internal static class ScheduleKinds
{
    /// <summary>Kinds whose files no test of ours has ever given to the system they are for.</summary>
    public static IReadOnlyList<string> Untested { get; } = ["launchd", "taskscheduler"];

    /// <summary>Their names, for people.</summary>
    public const string Names = "systemd, cron, launchd or taskscheduler";

    /// <summary>All of them, the best of this system first.</summary>
    public static IReadOnlyList<ISchedule> All(ScheduledCommand command) =>
        [new SystemdSchedule(command), new CronSchedule(command), new LaunchdSchedule(command), new TaskSchedulerSchedule(command)];

    /// <summary>The one that was named.</summary>
    /// <exception cref="GuardException">BG0005: there is none of that name.</exception>
    public static ISchedule Named(IReadOnlyList<ISchedule> all, string name) => all.FirstOrDefault(one => one.Kind == name)
        ?? throw new GuardException(Messages.BadUsage("schedule", $"--kind '{name}' cannot be understood: expected {Names}"));

    /// <summary>The one to install where none was named: that which is there, else the first that works here.</summary>
    /// <exception cref="GuardException">BG0021: none works here.</exception>
    public static ISchedule Best(IReadOnlyList<ISchedule> all) =>
        all.FirstOrDefault(one => one.State != ScheduleState.Absent)
        ?? all.FirstOrDefault(one => one.IsAvailable)
        ?? throw new GuardException(Messages.ScheduleFailed("there is neither a systemd of this user nor a crontab here", "install cron, or run 'buildguard reap' from whatever keeps the time here"));
}
