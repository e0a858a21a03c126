using System.IO.Enumeration;
using System.Text;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>
/// Which files other processes have open, by the links in <c>/proc/PID/fd</c> (proc_pid_fd(5)): they lead to the file also
/// when its directory cannot be read any more, or is gone.
/// </summary>
internal static class HeldFiles
{
    private const string Deleted = " (deleted)";
    private const int PathMax = 4096;

    /// <summary>By default each entry would be asked whether it is hidden.</summary>
    private static readonly EnumerationOptions s_all = new() { AttributesToSkip = 0 };

    /// <summary>Processes that keep a file somewhere below a directory locked, with the path that it has or had from there.</summary>
    public static List<(int Pid, string Path)> Below(string directory, Predicate<int>? isWanted = null)
    {
        var found = new List<(int Pid, string Path)>();
        if (RealPath(directory) is not { } real)
        {
            return found;
        }

        foreach (int pid in LockHolders.Find())
        {
            if (isWanted?.Invoke(pid) == false || IsElsewhere(pid, real))
            {
                continue;
            }

            foreach (string fd in Descriptors(pid))
            {
                if (LinkOf($"/proc/{pid}/fd/{fd}") is { } path && path.StartsWith(real + "/", StringComparison.Ordinal) && IsLocked(pid, fd))
                {
                    found.Add((pid, directory + (path.EndsWith(Deleted, StringComparison.Ordinal) ? path[..^Deleted.Length] : path)[real.Length..]));
                }
            }
        }

        return found;
    }

    /// <summary>
    /// Whether a path leads a process to another directory than us: it lives in another mount namespace (mount_namespaces(7)), as
    /// in a container, where the same path is something else.
    /// </summary>
    public static bool IsElsewhere(int pid, string directory) =>
        Statx(AT_FDCWD, directory, 0, STATX_BASIC_STATS, out FileStatus own) == 0
        && Statx(AT_FDCWD, $"/proc/{pid}/root{directory}", 0, STATX_BASIC_STATS, out FileStatus theirs) == 0
        && !own.IsSameFile(theirs);

    /// <summary>Lines as <c>lock:	1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF</c> (proc_pid_fdinfo(5)).</summary>
    public static bool IsLocked(int pid, string fd)
    {
        try
        {
            return File.ReadLines($"/proc/{pid}/fdinfo/{fd}").Any(line =>
                line.StartsWith("lock:", StringComparison.Ordinal) && line.Contains(" FLOCK ", StringComparison.Ordinal) && line.Contains(" WRITE ", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The kernel tells paths without links, so they must be compared with one. The directory may be gone.</summary>
    public static string? RealPath(string directory)
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

    /// <summary>Where a link leads; <c>null</c>: that may not be known, or it is none.</summary>
    public static unsafe string? LinkOf(string entry)
    {
        byte* buffer = stackalloc byte[PathMax];
        nint length = Readlink(entry, buffer, PathMax);
        return length <= 0 ? null : Encoding.UTF8.GetString(buffer, (int)length);
    }

    /// <summary>
    /// The descriptors of a process that may go at any moment: the names in <c>/proc/PID/fdinfo</c>, which are those of
    /// <c>/proc/PID/fd</c>, but no links, so .NET does not look at each of them, and at what it leads to.
    /// </summary>
    public static List<string> Descriptors(int pid)
    {
        try
        {
            return [.. new FileSystemEnumerable<string>($"/proc/{pid}/fdinfo", (ref FileSystemEntry entry) => entry.FileName.ToString(), s_all)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
