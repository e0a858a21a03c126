using System.Globalization;
using System.IO.Enumeration;
using System.Text;
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
    private const int PathMax = 4096;

    public static List<(string Path, LockFile File)> Open(string directory, Func<int, string, LockFile?> wrap)
    {
        var found = new List<(string Path, LockFile File)>();
        if (RealPath(directory) is not { } real)
        {
            return found;
        }

        foreach (int pid in LockHolders.Find())
        {
            var seen = new HashSet<string>();
            foreach (string fd in Names($"/proc/{pid}/fd"))
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

    /// <summary>The kernel tells paths without links, so they must be compared with one. The directory may be gone.</summary>
    private static string? RealPath(string directory)
    {
        string rest = "";
        for (string? path = directory; path is not null; path = Path.GetDirectoryName(path))
        {
            int handle = UnixFileApi.Open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
            if (handle >= 0)
            {
                string? real = LinkOf($"/proc/self/fd/{handle}");
                _ = Close(handle);
                return real + rest;
            }

            rest = $"/{Path.GetFileName(path)}{rest}";
        }

        return null;
    }

    /// <summary>The name of a deleted file that was directly in the directory; <c>null</c> for everything else.</summary>
    private static string? NameOfDeleted(string entry, string directory)
    {
        string? path = LinkOf(entry);
        return path is not null
            && path.Length > directory.Length + Deleted.Length + 1
            && path[directory.Length] == '/'
            && path.StartsWith(directory, StringComparison.Ordinal)
            && path.EndsWith(Deleted, StringComparison.Ordinal)
            && path.IndexOf('/', directory.Length + 1) < 0
                ? path[(directory.Length + 1)..^Deleted.Length]
                : null;
    }

    private static unsafe string? LinkOf(string entry)
    {
        byte* buffer = stackalloc byte[PathMax];
        nint length = Readlink(entry, buffer, PathMax);
        return length <= 0 ? null : Encoding.UTF8.GetString(buffer, (int)length);
    }

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
