using System.Globalization;
using System.IO.Enumeration;
using BuildGuard.Leases;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>
/// Finds files that were deleted while a process has them open. Linux keeps the old path, with <c> (deleted)</c> behind
/// it, in <c>/proc/PID/fd</c> (proc_pid_fd(5)), and opening that entry opens the very file.
/// </summary>
internal static class DeletedFiles
{
    private const string Deleted = " (deleted)";

    public static List<(string Path, LockFile File)> Open(string directory, Func<int, string, LockFile?> wrap)
    {
        var found = new List<(string Path, LockFile File)>();
        var seen = new HashSet<string>();
        foreach (string pid in Names("/proc"))
        {
            if (!int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number == Environment.ProcessId)
            {
                continue;
            }

            foreach (string fd in Names($"/proc/{pid}/fd"))
            {
                string entry = $"/proc/{pid}/fd/{fd}";
                if (Target(entry) is not { } path || !IsDirectlyIn(path, directory) || !seen.Add($"{pid}:{path}"))
                {
                    continue;
                }

                int handle = UnixFileApi.Open(entry, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
                if (handle >= 0 && wrap(handle, path) is { } file)
                {
                    found.Add((path, file));
                }
            }
        }

        return found;
    }

    private static string? Target(string entry)
    {
        try
        {
            string? target = File.ResolveLinkTarget(entry, returnFinalTarget: false)?.FullName;
            return target is not null && target.EndsWith(Deleted, StringComparison.Ordinal) ? target[..^Deleted.Length] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsDirectlyIn(string path, string directory) =>
        path.Length > directory.Length + 1
        && path.StartsWith(directory, StringComparison.Ordinal)
        && path[directory.Length] == '/'
        && path.IndexOf('/', directory.Length + 1) < 0;

    private static List<string> Names(string directory)
    {
        try
        {
            return [.. new FileSystemEnumerable<string>(directory, (ref FileSystemEntry entry) => entry.FileName.ToString())];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
