using System.Runtime.InteropServices;
using System.Text;

namespace BuildGuard.Platform.Linux.Native;

/// <summary>The C library's calls for stream sockets (<c>unix(7)</c>).</summary>
internal static unsafe partial class Libc
{
    private const int AF_UNIX = 1;
    private const int SOCK_STREAM = 1;
    private const int SOCK_NONBLOCK = 0x800;
    private const int MSG_NOSIGNAL = 0x4000;

    /// <summary>What <c>sun_path</c> holds, its final zero included.</summary>
    private const int PathLength = 108;

    /// <summary><c>struct sockaddr_un</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SocketAddress
    {
        public ushort Family;
        public fixed byte Path[PathLength];
    }

    /// <summary>Connects to a socket; the descriptor, which never blocks, or -1 with the error number in <see cref="LastError"/>.</summary>
    public static int ConnectTo(string path)
    {
        SocketAddress address = default;
        address.Family = AF_UNIX;
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        if (bytes.Length >= PathLength)
        {
            Marshal.SetLastPInvokeError(Errno.ENAMETOOLONG);
            return -1;
        }

        bytes.CopyTo(new Span<byte>(address.Path, PathLength));
        int fd = Socket(AF_UNIX, SOCK_STREAM | O_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd >= 0 && Connect(fd, &address, (uint)sizeof(SocketAddress)) != 0)
        {
            int error = LastError;
            _ = Close(fd);
            Marshal.SetLastPInvokeError(error);
            return -1;
        }

        return fd;
    }

    /// <summary>Makes two stream sockets that are connected with each other: socketpair(2).</summary>
    public static int SocketPair(int* pair) => SocketPair(AF_UNIX, SOCK_STREAM | O_CLOEXEC, 0, pair);

    /// <summary>send(2), without the signal that tells of a peer that has gone.</summary>
    public static nint Send(int fd, void* buffer, nuint count) => Send(fd, buffer, count, MSG_NOSIGNAL);

    /// <summary>socket(2).</summary>
    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int domain, int type, int protocol);

    /// <summary>socketpair(2).</summary>
    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPair(int domain, int type, int protocol, int* pair);

    /// <summary>connect(2).</summary>
    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(int fd, SocketAddress* address, uint length);

    /// <summary>send(2).</summary>
    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int fd, void* buffer, nuint count, int flags);
}
