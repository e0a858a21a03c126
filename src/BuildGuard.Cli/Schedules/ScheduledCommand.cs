using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Schedules;

/// <summary>What every schedule starts.</summary>
/// <param name="Words">The program and its arguments.</param>
/// <param name="StateDirectory">The state directory, where it is not the usual one; else <c>null</c>.</param>
internal sealed record ScheduledCommand(IReadOnlyList<string> Words, string? StateDirectory)
{
    /// <summary>The command of this program, here and now.</summary>
    /// <param name="idle">The rule for idle leftovers of the tool chain; <c>null</c> for none.</param>
    public static ScheduledCommand Current(TimeSpan? idle) => new(
        [.. GuardProgram.Current.Words, "reap", .. idle is { } longest ? (string[])["--idle", Duration.ToText(longest)] : []],
        Composition.Variables(Platform.Unix.StateDirectory.Variable) is { Length: > 0 } ? Platform.Unix.StateDirectory.Choose(Composition.Variables) : null);

    /// <summary>Refuses paths that would be no single line of what is written.</summary>
    /// <param name="kind">What it is written for.</param>
    /// <exception cref="GuardException">BG0021: it has such a path.</exception>
    public void RequireOneLine(string kind)
    {
        if (Words.Append(StateDirectory ?? "").Any(word => word.Any(char.IsControl)))
        {
            throw CannotBeIn(kind, "a line end or another character that does not print");
        }
    }

    /// <summary>That a path has what a kind of schedule cannot take.</summary>
    public GuardException CannotBeIn(string kind, string what) => new(Messages.ScheduleFailed(
        $"a path in '{string.Join(' ', Words.Prepend(Assignment).OfType<string>())}' has {what}, which {kind} cannot take",
        $"choose another path in {Platform.Unix.StateDirectory.Variable}, or for the program"));

    /// <summary>The variable as an assignment; nothing where the state directory is the usual one.</summary>
    public string? Assignment => StateDirectory is null ? null : $"{Platform.Unix.StateDirectory.Variable}={StateDirectory}";
}
