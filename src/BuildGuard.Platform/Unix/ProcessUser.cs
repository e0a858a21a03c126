using System.Buffers.Text;
using System.Globalization;
using BuildGuard.Platform.Linux;
using BuildGuard.Processes;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>Whose a process is, by <c>/proc/PID/status</c> (proc_pid_status(5)).</summary>
/// <param name="Real">The user that it is, and who may signal it: a program with the set-user-id bit leaves it as it was.</param>
/// <param name="Effective">The user by whose rights it acts; the files that it makes are that one's.</param>
internal readonly record struct ProcessUser(uint Real, uint Effective)
{
    private const int StartTimeField = 22;

    /// <summary>Those of the process that has an id now; <c>null</c> if it is gone, or there is no <c>/proc</c>.</summary>
    public static ProcessUser? Of(int pid)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int length = ProcFile.ReadRecord($"/proc/{pid}/status", buffer);
        ReadOnlySpan<byte> text = length > 0 ? buffer[..length] : default;
        int start = text.IndexOf("\nUid:\t"u8);
        if (start < 0)
        {
            return null;
        }

        text = text[(start + "\nUid:\t"u8.Length)..];
        return Utf8Parser.TryParse(text, out uint real, out int used) && Utf8Parser.TryParse(text[(used + 1)..], out uint effective, out _)
            ? new ProcessUser(real, effective)
            : null;
    }

    /// <summary>Those of exactly that process; <c>null</c> also if it is of another PID namespace.</summary>
    public static ProcessUser? Of(ProcessIdentity process)
    {
        try
        {
            return Statx(AT_FDCWD, "/proc/self/ns/pid", 0, STATX_BASIC_STATS, out FileStatus own) == 0
                && (long)own.Inode == process.PidNamespace
                && StartTimeOf(process.Pid) == process.StartTime
                    ? Of(process.Pid)
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
