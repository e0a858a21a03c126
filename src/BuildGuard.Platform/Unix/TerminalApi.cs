using System.Runtime.InteropServices;

namespace BuildGuard.Platform.Unix;

/// <summary>What a full-screen program needs of a terminal. Layouts and values are those of Linux on x64 and arm64.</summary>
internal static unsafe partial class TerminalApi
{
    public const int TCSAFLUSH = 2;
    public const uint ECHO = 8;
    public const uint ICANON = 2;
    public const int VTIME = 5;
    public const int VMIN = 6;
    public const nuint TIOCGWINSZ = 0x5413;

    /// <summary>tcgetattr(3)</summary>
    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    public static partial int GetAttributes(int fd, Attributes* attributes);

    /// <summary>tcsetattr(3)</summary>
    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    public static partial int SetAttributes(int fd, int when, Attributes* attributes);

    /// <summary>ioctl(2), for TIOCGWINSZ: see ioctl_tty(2)</summary>
    [LibraryImport("libc", EntryPoint = "ioctl")]
    public static partial int GetWindowSize(int fd, nuint request, WindowSize* size);

    /// <summary><c>struct termios</c> of termios(3)</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Attributes
    {
        public uint Input;
        public uint Output;
        public uint Control;
        public uint Local;
        public byte Line;
        public fixed byte Characters[32];
        public uint InputSpeed;
        public uint OutputSpeed;
    }

    /// <summary><c>struct winsize</c> of ioctl_tty(2)</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelsWide;
        public ushort PixelsHigh;
    }
}
