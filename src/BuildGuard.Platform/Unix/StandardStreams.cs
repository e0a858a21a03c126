using System.Runtime.InteropServices;
using System.Text;

namespace BuildGuard.Platform.Unix;

/// <summary>
/// The three standard streams by their descriptors. System.Console costs milliseconds of start-up, which every guarded
/// command would pay.
/// </summary>
public static unsafe partial class StandardStreams
{
    private const int EINTR = 4;

    /// <summary>Standard output.</summary>
    public const int Out = 1;

    /// <summary>Standard error.</summary>
    public const int Error = 2;

    /// <summary>Writes a line as one write(2), so that lines of several programs do not mix. What cannot be written is lost.</summary>
    public static void WriteLine(int stream, string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
        fixed (byte* start = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                nint written = Write(stream, start + done, bytes.Length - done);
                if (written > 0)
                {
                    done += (int)written;
                }
                else if (Marshal.GetLastPInvokeError() != EINTR)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Sleeps until standard input is closed by whoever has its other end. What comes before is ignored.</summary>
    public static void WaitForEndOfInput()
    {
        byte* buffer = stackalloc byte[256];
        while (true)
        {
            nint read = Read(0, buffer, 256);
            if (read == 0 || (read < 0 && Marshal.GetLastPInvokeError() != EINTR))
            {
                return;
            }
        }
    }

    /// <summary>
    /// Makes sure that the three are open. Where one was closed, the next file that we open would be taken for it, and our
    /// words would go into a ticket. In its place stands one that refuses, as a closed one does, and that no child inherits.
    /// </summary>
    public static void Reserve()
    {
        for (int stream = 0; stream <= Error; stream++)
        {
            if (UnixFileApi.Fcntl(stream, UnixFileApi.F_GETFD, 0) < 0)
            {
                // The lowest free number is the one given: open(2).
                _ = UnixFileApi.Open("/dev/null", (stream == 0 ? UnixFileApi.O_WRONLY : UnixFileApi.O_RDONLY) | UnixFileApi.O_CLOEXEC, 0);
            }
        }
    }

    /// <summary>Whether a stream is a terminal.</summary>
    public static bool IsTerminal(int stream) => Isatty(stream) == 1;

    /// <summary>The columns of the terminal that a stream is; 0 where it is none, or does not tell.</summary>
    public static int Columns(int stream)
    {
        TerminalApi.WindowSize size = default;
        return TerminalApi.GetWindowSize(stream, TerminalApi.TIOCGWINSZ, &size) == 0 ? size.Columns : 0;
    }

    /// <summary>Leaves the terminal's session, so that its Ctrl+C and its end are no concern of ours: setsid(2).</summary>
    public static void LeaveTerminal() => _ = Setsid();

    /// <summary>write(2)</summary>
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int fd, byte* buffer, nint count);

    /// <summary>read(2)</summary>
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int fd, byte* buffer, nint count);

    /// <summary>isatty(3)</summary>
    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int Isatty(int fd);

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int Setsid();
}
