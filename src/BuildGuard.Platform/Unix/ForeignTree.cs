using System.Runtime.InteropServices;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>
/// Removes another user's directory with what is in it. Each step starts from the open directory and follows no link (openat(2),
/// unlinkat(2)), so what that user puts in the way meanwhile leads nowhere else.
/// </summary>
internal static class ForeignTree
{
    /// <summary>As many levels as leases stand inside each other at most; what is deeper is none of ours, and stays.</summary>
    private const int MostLevels = 100;

    /// <summary>Removes it, as far as may be. What comes in meanwhile stays.</summary>
    public static void Delete(string directory, Predicate<string> isOurs)
    {
        string parent = Path.GetDirectoryName(directory) ?? "/", name = Path.GetFileName(directory);
        int fd = UnixFileApi.Open(parent, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
        if (fd >= 0)
        {
            Delete(fd, name, isOurs, 0);
            _ = Close(fd);
        }
    }

    private static void Delete(int parent, string name, Predicate<string> isOurs, int level)
    {
        int fd = level < MostLevels ? OpenAt(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        if (fd < 0)
        {
            return;
        }

        foreach (string entry in Names(fd).FindAll(isOurs))
        {
            if (UnlinkAt(fd, entry, 0) != 0 && Marshal.GetLastPInvokeError() is EISDIR or EPERM)
            {
                Delete(fd, entry, isOurs, level + 1);
            }
        }

        _ = Close(fd);
        _ = UnlinkAt(parent, name, AT_REMOVEDIR);
    }

    /// <summary>The names in an open directory, whatever its path leads to by now.</summary>
    private static List<string> Names(int fd)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries($"/proc/self/fd/{fd}/").Select(static path => Path.GetFileName(path))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
