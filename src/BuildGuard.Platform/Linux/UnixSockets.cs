using System.Globalization;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>The sockets of the kind that .NET uses for named pipes: <c>/proc/PID/net/unix</c>.</summary>
internal static class UnixSockets
{
    // SS_CONNECTED of linux/net.h.
    private const string Connected = "03";

    // R_OK of access(2).
    private const int ReadPermission = 4;

    /// <summary>
    /// Whether somebody is connected to a process, or it to somebody. Where that cannot be read it counts as connected.
    /// </summary>
    public static bool IsConnected(int pid)
    {
        if (ProcFile.ReadText($"/proc/{pid}/net/unix") is not { } table || SocketsOf(pid) is not { } own)
        {
            return true;
        }

        // Num RefCount Protocol Flags Type St Inode Path
        foreach (string line in table.Split('\n'))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 7 && fields[5] == Connected
                && long.TryParse(fields[6], NumberStyles.None, CultureInfo.InvariantCulture, out long inode) && own.Contains(inode))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The inodes of the sockets that a process has open; <c>null</c> if it may not be looked into.</summary>
    private static HashSet<long>? SocketsOf(int pid)
    {
        if (Libc.Access($"/proc/{pid}/fd", ReadPermission) != 0)
        {
            return null;
        }

        List<int> descriptors = [];
        ProcDirectory.ReadIds($"/proc/{pid}/fd", descriptors);
        HashSet<long> inodes = [];
        foreach (int descriptor in descriptors)
        {
            if (ProcLink.InodeOf($"/proc/{pid}/fd/{descriptor}", "socket"u8) is not 0 and var inode)
            {
                inodes.Add(inode);
            }
        }

        return inodes;
    }
}
