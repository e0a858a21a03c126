using BuildGuard.Leases;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>
/// Opens files that other processes keep locked, wherever they stand by now. Linux keeps the path, with <c> (deleted)</c> behind
/// it where nothing stands there any more, or something else, in <c>/proc/PID/fd</c> (proc_pid_fd(5)), and opening that entry
/// opens the very file.
/// </summary>
internal static class LockedFiles
{
    private const string Deleted = " (deleted)";

    /// <inheritdoc cref="IStateFiles.OpenLocked"/>
    public static List<(string? Path, LockFile File)> Open(string directory, Func<int, string, LockFile?> wrap)
    {
        var found = new List<(string? Path, LockFile File)>();
        if (HeldFiles.RealPath(directory) is not { } real)
        {
            return found;
        }

        foreach (int pid in LockHolders.Find())
        {
            if (HeldFiles.IsElsewhere(pid, real))
            {
                continue;
            }

            var seen = new HashSet<string>();
            foreach (string fd in HeldFiles.Descriptors(pid))
            {
                string entry = $"/proc/{pid}/fd/{fd}";
                if (HeldFiles.LinkOf(entry) is not { } link || link[0] != '/' || !seen.Add(link))
                {
                    continue;
                }

                string? path = NameOfDeleted(link, real) is { } name ? $"{directory}/{name}" : null;
                if (path is null && (!IsPlainFile(entry) || !HeldFiles.IsLocked(pid, fd)))
                {
                    continue;
                }

                int handle = UnixFileApi.Open(entry, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
                if (handle >= 0 && wrap(handle, path ?? link) is { } file)
                {
                    found.Add((path, file));
                }
            }
        }

        return found;
    }

    /// <summary>To open a device may do something.</summary>
    private static bool IsPlainFile(string entry) => Statx(AT_FDCWD, entry, 0, STATX_BASIC_STATS, out FileStatus status) == 0 && status.IsPlainFile;

    /// <summary>The name of a deleted file that was directly in the directory; <c>null</c> for everything else.</summary>
    private static string? NameOfDeleted(string link, string directory) =>
        link.Length > directory.Length + Deleted.Length + 1
        && link[directory.Length] == '/'
        && link.StartsWith(directory, StringComparison.Ordinal)
        && link.EndsWith(Deleted, StringComparison.Ordinal)
        && link.IndexOf('/', directory.Length + 1) < 0
            ? link[(directory.Length + 1)..^Deleted.Length]
            : null;
}
