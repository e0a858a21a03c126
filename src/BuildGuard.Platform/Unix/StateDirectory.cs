using System.Runtime.InteropServices;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>
/// Chooses where the state lives: the same place in a shell, in cron, in an IDE and in a CI agent. Therefore nothing of it
/// depends on HOME, TMPDIR or XDG_*, which differ between those.
/// </summary>
public static class StateDirectory
{
    /// <summary>The variable that names another place.</summary>
    public const string Variable = "BUILDGUARD_STATE_DIR";

    /// <summary>The directory, absolute. It may not exist yet, and is not checked: see <see cref="UnixStateFiles.EnsureDirectory"/>.</summary>
    /// <exception cref="GuardException">BG0003: the variable holds what no directory can be called.</exception>
    public static string Choose(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        string? named = environment(Variable);
        if (!string.IsNullOrEmpty(named))
        {
            // A relative path would mean another directory, and so another queue, in every working directory.
            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(named));
            return full == "/" || !Path.IsPathFullyQualified(named)
                ? throw new GuardException(Messages.BadSetting("StateDirectory", named, Variable, "the absolute path of a directory below the root"))
                : full;
        }

        uint user = Geteuid();
        return PasswordDatabase.HomeOf(user) is { } home && IsUsableHome(home, user)
            ? Path.TrimEndingDirectorySeparator(home) + "/.local/state/buildguard"
            : $"/var/tmp/buildguard-{user}";
    }

    /// <summary>
    /// Where the lock <c>machine</c> lies that all users share; <c>null</c> where the state directory was named: then that serves
    /// for it too.
    /// </summary>
    public static string? MachineDirectory(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return string.IsNullOrEmpty(environment(Variable)) ? "/var/tmp/buildguard-machine" : null;
    }

    /// <summary>
    /// Ours, writable, and on a local disk: locks on network file systems are slow at best, and lie at worst.
    /// </summary>
    private static bool IsUsableHome(string home, uint user) =>
        home.StartsWith('/')
        && home.Length > 1
        && Statx(AT_FDCWD, home, 0, STATX_BASIC_STATS, out FileStatus status) == 0
        && status.IsDirectory
        && status.Uid == user
        && UnixPlaceApi.Access(home, UnixPlaceApi.W_OK | UnixPlaceApi.X_OK) == 0
        && UnixPlaceApi.IsLocal(home);
}
