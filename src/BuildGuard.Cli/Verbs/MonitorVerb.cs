using System.CommandLine;
using System.Globalization;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Monitor;
using BuildGuard.Diagnostics;
using BuildGuard.Settings;
using BuildGuard.Watching;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard monitor</c>: watches the machine and all that is guarded, warns, and ends the largest guarded tree, or what the configuration names, when memory runs out.</summary>
internal static class MonitorVerb
{
    private static readonly TimeSpan s_default = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(100);

    public static Command Command(Composition composition)
    {
        var interval = new Option<string>("--interval") { HelpName = "DURATION", Description = "How often to look; 5s by default" };
        var once = new Option<bool>("--once") { Description = "Look once, act, and end: for cron" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be ended" };
        var json = new Option<bool>("--json") { Description = "Print JSON Lines, one for each look and one for each finding" };
        var memory = new Option<string>("--memory-threshold") { HelpName = "PERCENT", Description = "Memory in use from which on the largest guarded tree, or process that MonitorEnds names, is ended; 80 by default" };
        var processes = new Option<string>("--process-threshold") { HelpName = "N", Description = "Processes in all guarded trees from which on it warns; 100 by default" };
        var held = new Option<string>("--held-threshold") { HelpName = "DURATION", Description = "How long a lock may be held before it warns; 30m by default" };
        var command = new Command("monitor", "Watch memory, processes, growth and stalls; warn, and end the largest guarded tree when memory runs out. Nothing unguarded is ended but what the setting MonitorEnds names (monitorEnds in buildguard.json, BUILDGUARD_MONITOR_ENDS); by default that is nothing.")
        {
            interval, once, dryRun, json, memory, processes, held,
        };
        command.SetAction(result =>
        {
            TimeSpan pause = result.GetValue(interval) is { } text ? ViewOptions.DurationOf("monitor", "--interval", text) : s_default;
            if (pause < s_shortest)
            {
                throw Bad("--interval", text: Duration.ToText(pause), $"{Duration.ToText(s_shortest)} or more");
            }

            GuardSettings settings = composition.Settings([]);
            var defaults = new WatchLimits();
            var limits = new WatchLimits
            {
                MemoryPercent = result.GetValue(memory) is { } percent ? PercentOf(percent) : defaults.MemoryPercent,
                Processes = result.GetValue(processes) is { } count ? CountOf(count) : defaults.Processes,
                Held = result.GetValue(held) is { } time ? ViewOptions.DurationOf("monitor", "--held-threshold", time) : defaults.Held,
                Stall = settings.Stall,
                TreeMemoryBytes = settings.MaxMemory,
                EndsNamed = settings.MonitorEnds.Count > 0,
                IsDryRun = result.GetValue(dryRun),
            };
            composition.RequireReadable();
            var monitor = new Monitoring(composition, settings, limits, result.GetValue(dryRun), result.GetValue(json));
            return result.GetValue(once) ? monitor.Once() : monitor.Follow(pause);
        });
        return command;
    }

    private static double PercentOf(string text) =>
        double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent is > 0 and <= 100
            ? percent
            : throw Bad("--memory-threshold", text, "a percentage above 0, at most 100");

    private static int CountOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? count : throw Bad("--process-threshold", text, "a number of 1 or more");

    private static GuardException Bad(string option, string text, string expected) =>
        new(Messages.BadUsage("monitor", $"{option} '{text}' cannot be understood: expected {expected}"));
}
