using BuildGuard.Cli.Programs;
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

    /// <summary>The variable as an assignment; nothing where the state directory is the usual one.</summary>
    public string? Assignment => StateDirectory is null ? null : $"{Platform.Unix.StateDirectory.Variable}={StateDirectory}";
}
