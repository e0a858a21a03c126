using System.CommandLine;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Settings;

namespace BuildGuard.Cli.CommandLine;

/// <summary>Options that several viewers share.</summary>
internal static class ViewOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print JSON" };

    public static Option<bool> Watch() => new("--watch") { Description = "Show it again whenever it changes, until interrupted" };

    public static Option<string> Lock()
    {
        var option = new Option<string>("--lock") { HelpName = "NAME", Description = "Look at another lock: user, machine, or a name" };
        option.CompletionSources.Add(LockName.User, LockName.Machine);
        return option;
    }

    /// <summary>The lock to look at: the one named, else the one that work in this directory would queue under.</summary>
    public static string LockOf(Composition composition, string? named) =>
        composition.Settings(named is null ? [] : [new SettingInput(Setting.Lock, named, "--lock")]).Lock;

    /// <summary>Reads a duration that stands behind an option.</summary>
    /// <exception cref="GuardException">BG0005: it is none.</exception>
    public static TimeSpan DurationOf(string verb, string option, string text) =>
        Duration.TryParse(text, out TimeSpan duration)
            ? duration
            : throw new GuardException(Messages.BadUsage(verb, $"{option} '{text}' cannot be understood: expected {Duration.Expected}"));
}
