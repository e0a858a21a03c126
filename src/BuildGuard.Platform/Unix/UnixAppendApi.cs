using System.Runtime.InteropServices;

namespace BuildGuard.Platform.Unix;

/// <summary>What appending to shared files needs besides <see cref="UnixFileApi"/>.</summary>
internal static unsafe partial class UnixAppendApi
{
    /// <summary>For open(2): every write goes to the end, atomically. Value of Linux.</summary>
    public const int O_APPEND = 0x400;

    /// <summary>write(2)</summary>
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, byte* buffer, nint count);

    /// <summary>lseek(2), with SEEK_END the length of the file.</summary>
    [LibraryImport("libc", EntryPoint = "lseek64", SetLastError = true)]
    public static partial long Seek(int fd, long offset, int whence);

    /// <summary>For <see cref="Seek"/>.</summary>
    public const int SEEK_END = 2;
}
