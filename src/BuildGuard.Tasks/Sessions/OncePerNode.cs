using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Sessions;

/// <summary>
/// What need not be asked of <see cref="OncePerBuild"/> again: MSBuild hands out what it has built already, but that takes a moment
/// too.
/// </summary>
internal static class OncePerNode
{
    /// <summary>Whether nobody has asked for it before in this build and this process.</summary>
    public static bool IsFirst(IBuildEngine engine, string what)
    {
        if (engine is not IBuildEngine4 modern)
        {
            return true;
        }

        var key = "BuildGuard: " + what;
        if (modern.GetRegisteredTaskObject(key, RegisteredTaskObjectLifetime.Build) is not null)
        {
            return false;
        }

        modern.RegisterTaskObject(key, key, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
        return true;
    }
}
