using System.Globalization;
using BuildGuard.Processes;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>Whose a process is, by <c>/proc/PID/status</c> (proc_pid_status(5)).</summary>
internal static class ProcessUser
{
    private const int StartTimeField = 22;

    /// <summary>
    /// The effective user id of exactly that process; <c>null</c> if it is gone, of another PID namespace, or there is no
    /// <c>/proc</c>.
    /// </summary>
    public static uint? Of(ProcessIdentity process)
    {
        try
        {
            return Statx(AT_FDCWD, "/proc/self/ns/pid", 0, STATX_BASIC_STATS, out FileStatus own) == 0
                && (long)own.Inode == process.PidNamespace
                && StartTimeOf(process.Pid) == process.StartTime
                && File.ReadLines($"/proc/{process.Pid}/status").FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal)) is { } uids
                    ? uint.Parse(uids.Split('\t')[2], CultureInfo.InvariantCulture)
                    : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>The program's name stands before it in brackets, and may hold anything.</summary>
    private static long StartTimeOf(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeField - 3], CultureInfo.InvariantCulture);
    }
}
