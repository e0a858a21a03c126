using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Hooks;

/// <summary>The lines of ours in a hook: they run the hook again, under the guard.</summary>
internal static class HookBlock
{
    private const string Head = "git rev-parse -q --verify HEAD 2>/dev/null";

    private static readonly SealedBlock Block = new("hooks");

    /// <summary>The lines.</summary>
    /// <param name="hook">The name of the hook.</param>
    /// <param name="program">Where the program is; the one of PATH is taken where that is gone.</param>
    /// <param name="runsNothing">
    /// Whether the hook runs nothing of its own: then it takes its turn, and an unfit machine is said and not waited for. As long as
    /// nobody writes anything behind it.
    /// </param>
    public static string Of(string hook, GuardProgram program, bool runsNothing = false)
    {
        // Set for one step only: whatever the hook starts must queue on its own account.
        bool isCommit = hook == HookFolder.PreCommit;
        string again = "  export _BUILDGUARD_HOOK=1\n" + (isCommit ? NoteHead : "") + (runsNothing
            ? $"  if [ \"${{BUILDGUARD_PREFLIGHT-}}\" != off ] && [ \"$(tail -n 1 \"$0\")\" = {ShellWord.Quote(HookScript.NothingLine)} ]; then export BUILDGUARD_PREFLIGHT=warn; fi\n"
            : "");
        string run = $"run --label {ShellWord.Quote("git " + hook)} -- \"$0\" \"$@\"\n";
        string missing = $"buildguard: it is neither {string.Join(' ', program.Words)} nor in PATH, so the hook {hook} runs unguarded; 'buildguard hooks install' records where it is";
        return Block.Of(ByteText.Of(
            "if [ -n \"${_BUILDGUARD_HOOK-}\" ]; then\n  unset _BUILDGUARD_HOOK\n" + (isCommit ? CompareHead : "")
            + $"elif {program.ShellTest}; then\n{again}  exec {program.ShellWords} {run}"
            + $"elif command -v buildguard >/dev/null 2>&1; then\n{again}  exec buildguard {run}"
            + $"else\n  printf '%s\\n' {ShellWord.Quote(missing)} >&2\nfi\n"));
    }

    /// <summary>
    /// Where the hook waits from, if it is git that runs it (by hand it is a check like any other): a commit id, <c>-1</c> before
    /// the first one, another negative number where git does not say.
    /// </summary>
    private static string NoteHead => $"  if [ -n \"${{GIT_INDEX_FILE-}}\" ]; then export _BUILDGUARD_HEAD=\"$({Head} || echo \"-$?\")\"; fi\n";

    /// <summary>
    /// git has read before the hook which commit the new one follows, and makes it only if that is still the newest: one that
    /// another overtook in the queue runs nothing for it any more.
    /// </summary>
    private static string CompareHead =>
        $"  case \"${{_BUILDGUARD_HEAD-}}\" in -1 | [!-]*)\n    if _BUILDGUARD_NOW=$({Head}) && [ \"$_BUILDGUARD_NOW\" != \"$_BUILDGUARD_HEAD\" ]; then\n"
        + $"      printf '%s\\n' {ShellWord.Quote(Overtaken)} >&2\n      exit 1\n    fi\n  esac\n  unset _BUILDGUARD_HEAD _BUILDGUARD_NOW\n";

    private static string Overtaken =>
        "buildguard: HEAD moved while this commit waited for its turn, so git would refuse it at its end: the hook was not run; see 'git status' and commit again";

    /// <summary>Finds the lines in a hook: see <see cref="SealedBlock.Find"/>.</summary>
    public static bool? Find(string text, out Range place) => Block.Find(text, out place);
}
