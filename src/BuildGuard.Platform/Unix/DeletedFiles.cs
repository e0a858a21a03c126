using BuildGuard.Leases;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>
/// Finds files that were deleted while a process keeps them locked. Linux keeps the old path, with <c> (deleted)</c>
/// behind it, in <c>/proc/PID/fd</c> (proc_pid_fd(5)), and opening that entry opens the very file.
/// </summary>
internal static class DeletedFiles
{
    private const string Deleted = " (deleted)";

    public static List<(string Path, LockFile File)> Open(string directory, Func<int, string, LockFile?> wrap)
    {
        var found = new List<(string Path, LockFile File)>();
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
                if (NameOfDeleted(entry, real) is not { } name || !seen.Add(name))
                {
                    continue;
                }

                string path = $"{directory}/{name}";
                int handle = UnixFileApi.Open(entry, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
                if (handle >= 0 && wrap(handle, path) is { } file)
                {
                    found.Add((path, file));
                }
            }
        }

        return found;
    }

    /// <summary>The name of a deleted file that was directly in the directory; <c>null</c> for everything else.</summary>
    private static string? NameOfDeleted(string entry, string directory)
    {
        string? path = HeldFiles.LinkOf(entry);
        return path is not null
            && path.Length > directory.Length + Deleted.Length + 1
            && path[directory.Length] == '/'
            && path.StartsWith(directory, StringComparison.Ordinal)
            && path.EndsWith(Deleted, StringComparison.Ordinal)
            && path.IndexOf('/', directory.Length + 1) < 0
                ? path[(directory.Length + 1)..^Deleted.Length]
                : null;
    }
}
