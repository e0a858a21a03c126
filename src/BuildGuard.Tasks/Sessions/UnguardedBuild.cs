using BuildGuard.Tasks.Helper;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Sessions;

/// <summary>A build that is not guarded because its user wants it so: said once, written down once, and not hindered.</summary>
internal static class UnguardedBuild
{
    private const string Said = "it is said that nothing is guarded";

    /// <summary>Says it, and has the helper note it.</summary>
    /// <param name="engine">The build.</param>
    /// <param name="once">Session.proj.</param>
    /// <param name="scope">What is not guarded, where that is not all of the build; empty for all.</param>
    /// <param name="reason">What switched it off, as in <c>BUILDGUARD_DISABLE</c>.</param>
    /// <param name="chosen">What the user chose instead of what is packaged.</param>
    public static void Say(IBuildEngine engine, OncePerBuild once, string scope, string reason, IReadOnlyDictionary<string, string> chosen)
    {
        if (!OncePerNode.IsFirst(engine, Said + scope + reason))
        {
            return;
        }

        once.Say(GuardMessage.Message("BG0002", $"nothing is guarded{scope}, because of {reason}"));
        if (HelperLocator.IsSupported)
        {
            once.NoteUnguarded(chosen);
        }
    }
}
