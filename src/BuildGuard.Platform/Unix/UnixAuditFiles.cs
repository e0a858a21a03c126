using System.Buffers;
using System.Runtime.InteropServices;
using BuildGuard.Audit;
using Microsoft.Win32.SafeHandles;
using static BuildGuard.Platform.Unix.UnixAppendApi;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>The audit trail's files on a Unix file system.</summary>
public sealed unsafe class UnixAuditFiles : IAuditFiles
{
    private const int PrivateDirectory = 0x1C0; // 0700
    private const int PrivateFile = 0x180; // 0600

    /// <inheritdoc/>
    public long Append(string path, ReadOnlySpan<byte> bytes)
    {
        // Read as well as write: the last byte tells whether somebody's line was cut short by a full disk.
        int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
        int fd = Open(path, flags, PrivateFile);
        if (fd < 0 && Marshal.GetLastPInvokeError() == ENOENT)
        {
            _ = Mkdir(Path.GetDirectoryName(path)!, PrivateDirectory);
            fd = Open(path, flags, PrivateFile);
        }

        if (fd < 0)
        {
            throw Failure(Marshal.GetLastPInvokeError());
        }

        try
        {
            long length = Seek(fd, 0, SEEK_END);
            if (length < 0)
            {
                throw new IOException("it is no plain file");
            }

            byte last = (byte)'\n';
            if (length > 0)
            {
                _ = Pread(fd, &last, 1, length - 1);
            }

            if (last == (byte)'\n')
            {
                WriteWhole(fd, bytes);
            }
            else
            {
                // Or the line of another writer is just half there: then ours still comes behind it, after an empty line.
                WriteOnNewLine(fd, bytes);
            }

            return length + bytes.Length;
        }
        finally
        {
            _ = Close(fd);
        }
    }

    /// <inheritdoc/>
    public void Rotate(string path, long maxBytes, int keep)
    {
        int fd = Open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
        if (fd < 0)
        {
            return;
        }

        try
        {
            // Whoever holds the lock of the file that the path leads to is the only one who renames. A writer that still has
            // the file open writes into what is then path.1: nothing is lost.
            if (Flock(fd, LOCK_EX | LOCK_NB) != 0
                || Statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, out FileStatus ours) != 0
                || Statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out FileStatus there) != 0
                || !ours.IsSameFile(there)
                || (long)ours.Size <= maxBytes)
            {
                return;
            }

            for (int i = keep - 1; i >= 1; i--)
            {
                _ = Rename($"{path}.{i}", $"{path}.{i + 1}");
            }

            _ = Rename(path, path + ".1");
        }
        finally
        {
            _ = Close(fd);
        }
    }

    /// <inheritdoc/>
    public Stream? OpenRead(string path)
    {
        int fd = Open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
        if (fd < 0)
        {
            // To take what may not be read for empty would be to say that nothing happened.
            int error = Marshal.GetLastPInvokeError();
            return error == ENOENT ? null : throw StateProblem.NotRead(error == ENOTDIR ? Path.GetDirectoryName(path)! : path, error);
        }

        if (Statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, out FileStatus status) != 0 || !status.IsPlainFile)
        {
            _ = Close(fd);
            throw StateProblem.NoPlainFile(path, status.IsDirectory);
        }

        return new FileStream(new SafeFileHandle(fd, ownsHandle: true), FileAccess.Read, bufferSize: 0);
    }

    /// <inheritdoc/>
    public ulong Identity(string path) =>
        Statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out FileStatus status) == 0 && status.IsPlainFile ? status.Inode : 0;

    private static void WriteWhole(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint written;
            do
            {
                written = Write(fd, start, bytes.Length);
            }
            while (written < 0 && Marshal.GetLastPInvokeError() == EINTR);

            if (written != bytes.Length)
            {
                // Written in part only when the disk filled up on the way; the next line begins on a new one.
                throw Failure(written < 0 ? Marshal.GetLastPInvokeError() : ENOSPC);
            }
        }
    }

    private static void WriteOnNewLine(int fd, ReadOnlySpan<byte> bytes)
    {
        byte[] line = ArrayPool<byte>.Shared.Rent(bytes.Length + 1);
        line[0] = (byte)'\n';
        bytes.CopyTo(line.AsSpan(1));
        WriteWhole(fd, line.AsSpan(0, bytes.Length + 1));
        ArrayPool<byte>.Shared.Return(line);
    }

    private static IOException Failure(int error) => new(Reason(error));
}
