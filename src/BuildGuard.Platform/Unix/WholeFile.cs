using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>A file that is there whole or not at all.</summary>
public static class WholeFile
{
    private const int PrivateFile = 0x180; // 0600

    /// <summary>
    /// Writes a file under another name and renames it. What is there and is no plain file (a pipe, <c>/dev/null</c>) is
    /// written into instead: it must not be replaced. A new file is private (0600), for command lines stand in it.
    /// </summary>
    /// <param name="path">Absolute.</param>
    /// <param name="bytes">What it shall hold.</param>
    /// <exception cref="IOException">It could not be written; nothing of it is left.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        bool isThere = Statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, out FileStatus there) == 0;
        if (isThere && there.IsDirectory)
        {
            throw new IOException(Reason(EISDIR));
        }

        if (isThere && !there.IsPlainFile)
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(bytes);
            return;
        }

        Replace((isThere ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? path, bytes);
    }

    /// <summary>
    /// The same for a file of the guard's own: what stands in its place, a link or a pipe too, is replaced, and nothing it leads to
    /// is touched.
    /// </summary>
    /// <inheritdoc cref="Write"/>
    public static void Replace(string target, ReadOnlySpan<byte> bytes)
    {
        string temporary = $"{target}.{Environment.ProcessId}.new";
        try
        {
            int fd = Open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, PrivateFile);
            if (fd < 0)
            {
                throw new IOException(Reason(Marshal.GetLastPInvokeError()));
            }

            using (var stream = new FileStream(new SafeFileHandle(fd, ownsHandle: true), FileAccess.Write, bufferSize: 0))
            {
                stream.Write(bytes);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            _ = Unlink(temporary);
            throw;
        }
    }
}
