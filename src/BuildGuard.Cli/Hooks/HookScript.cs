using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Hooks;

/// <summary>What a hook holds with the guard in it.</summary>
internal static class HookScript
{
    private const string Shebang = "#!/bin/sh\n";
    /// <summary>The last line of a hook of ours that runs nothing.</summary>
    public const string NothingLine = "# There was no hook before.";

    private const string NothingBefore = NothingLine + "\n";

    private static readonly string[] Shells = ["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"];

    /// <summary>Whether the lines can stand in front of what is there: it is read by a shell that understands them.</summary>
    public static bool CanInsert(string text)
    {
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || !text.StartsWith("#!", StringComparison.Ordinal) || text[end - 1] == '\r')
        {
            return false;
        }

        string[] words = text[2..end].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        int i = words is [string first, "-S", ..] && Path.GetFileName(first) == "env" ? 2 : words is [string env, ..] && Path.GetFileName(env) == "env" ? 1 : 0;
        return i < words.Length && Shells.Contains(Path.GetFileName(words[i]));
    }

    /// <summary>A hook of a shell with the lines behind its first.</summary>
    public static string Insert(string text, string block) => text.Insert(text.IndexOf('\n', StringComparison.Ordinal) + 1, block);

    /// <summary>A hook of ours, where none was that counts.</summary>
    public static string Alone(string block) => Shebang + block + NothingBefore;

    /// <summary>A hook of ours that runs the one set aside.</summary>
    /// <param name="block">The lines.</param>
    /// <param name="aside">Its path from the folder of hooks.</param>
    public static string Chain(string block, string aside) => Shebang + block + Continuation(aside);

    /// <summary>Whether a hook runs nothing, without the lines themselves or with them.</summary>
    public static bool EndsWithNothing(string text) => text.EndsWith(NothingBefore, StringComparison.Ordinal);

    /// <summary>Whether nothing but what we wrote is there, without the lines themselves.</summary>
    public static bool IsAlone(string rest) => rest == Shebang + NothingBefore;

    /// <summary>Whether nothing but what we wrote is there, for a hook that was set aside.</summary>
    public static bool IsChain(string rest, string aside) => rest == Shebang + Continuation(aside) || IsAlone(rest);

    // Not by an absolute path: a repository that was moved keeps its hooks.
    private static string Continuation(string aside) => ByteText.Of($"exec \"${{0%/*}}\"/{ShellWord.Quote(aside)} \"$@\"\n");
}
