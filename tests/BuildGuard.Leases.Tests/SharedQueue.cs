namespace BuildGuard.Leases.Tests;

/// <summary>What tests of the directory that users share need.</summary>
internal static class SharedQueue
{
    public const string AsOther = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    public const string AsThird = "setpriv --reuid=65533 --regid=65533 --clear-groups";

    public static string MakeShared(StateDirectory state)
    {
        string shared = state.Path + "/shared";
        Directory.CreateDirectory(shared);
        Shell.Run("chmod", "1777", shared);
        return shared;
    }

    public static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Inconclusive("only root can make another user's file");
        }
    }

    public static void Give(string path, string? owner)
    {
        if (owner is not null)
        {
            Shell.Run("chown", owner, path);
        }
    }

    public static string Own(StateDirectory state, string name, string uid)
    {
        string path = Directory.CreateDirectory($"{state.Path}/{name}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        Shell.Run("chown", uid, path);
        return path;
    }
}
