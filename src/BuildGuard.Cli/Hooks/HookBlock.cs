using System.Text;
using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Hooks;

/// <summary>
/// The lines of ours in a hook: they run the hook again, under the guard. The first of them carries a checksum of the
/// others, so that lines that somebody edited are known from ours. All text of hooks is bytes, one character each.
/// </summary>
internal static class HookBlock
{
    private const string Begin = "# >>> buildguard hooks ";
    private const string BeginRest = " >>> 'buildguard hooks remove' takes these lines out\n";
    private const string End = "# <<< buildguard hooks <<<\n";

    /// <summary>The lines.</summary>
    /// <param name="hook">The name of the hook.</param>
    /// <param name="program">Where the program is; the one of PATH is taken where that is gone.</param>
    public static string Of(string hook, GuardProgram program)
    {
        // Set for one step only: whatever the hook starts must queue on its own account.
        const string Again = "  export _BUILDGUARD_HOOK=1\n";
        string run = $"run --label {GuardProgram.Quote("git " + hook)} -- \"$0\" \"$@\"\n";
        string missing = $"buildguard: it is neither {string.Join(' ', program.Words)} nor in PATH, so the hook {hook} runs unguarded; 'buildguard hooks install' records where it is";
        string body = Bytes(
            "if [ -n \"${_BUILDGUARD_HOOK-}\" ]; then\n  unset _BUILDGUARD_HOOK\n"
            + $"elif {program.ShellTest}; then\n{Again}  exec {program.ShellWords} {run}"
            + $"elif command -v buildguard >/dev/null 2>&1; then\n{Again}  exec buildguard {run}"
            + $"else\n  printf '%s\\n' {GuardProgram.Quote(missing)} >&2\nfi\n");
        return Begin + Sum(body) + BeginRest + body + End;
    }

    /// <summary>Finds the lines in a hook.</summary>
    /// <param name="text">The hook.</param>
    /// <param name="place">Where they stand; nothing if there are none.</param>
    /// <returns>Whether they are ours as they were written; <c>null</c> if there are none.</returns>
    public static bool? Find(string text, out Range place)
    {
        place = default;
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        if (begin < 0)
        {
            return null;
        }

        int sum = begin + Begin.Length;
        int body = sum + Checksum.Length + BeginRest.Length;
        int end = text.IndexOf(End, begin, StringComparison.Ordinal);
        if (end < body || !text.AsSpan(sum + Checksum.Length).StartsWith(BeginRest, StringComparison.Ordinal))
        {
            return false;
        }

        place = begin..(end + End.Length);
        return text.AsSpan(sum, Checksum.Length).SequenceEqual(Sum(text[body..end]));
    }

    /// <summary>Text of ours as the bytes that it is in a file.</summary>
    public static string Bytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string Sum(string body) => Checksum.Of(Encoding.Latin1.GetBytes(body));
}
