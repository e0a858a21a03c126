using System.Runtime.InteropServices;
using BuildGuard.Leases;
using BuildGuard.Processes;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>
/// A file locked with flock(2): the lock belongs to the open file description, is dropped by the kernel when the last
/// descriptor of it closes, and cannot leak to a child, because every descriptor here is close-on-exec.
/// </summary>
internal sealed unsafe class UnixLockFile(int fd, string path) : LockFile
{
    private const int PublicFile = 0x1A4; // 0644

    private int _fd = fd;
    private FileStatus? _self;

    ~UnixLockFile() => Dispose(false);

    public override void LockExclusive() => Lock(LOCK_EX);

    public override bool TryLockExclusive() => TryLock(LOCK_EX);

    public override void LockShared() => Lock(LOCK_SH);

    public override bool TryLockShared() => TryLock(LOCK_SH);

    public override void Unlock() => _ = Flock(_fd, LOCK_UN);

    public override int Read(Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint read = Pread(_fd, start, buffer.Length, offset);
                if (read >= 0)
                {
                    return (int)read;
                }

                // To take what cannot be read for empty would be to delete it.
                if (Marshal.GetLastPInvokeError() is var error && error != EINTR)
                {
                    throw StateProblem.NotRead(path, error);
                }
            }
        }
    }

    public override void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                nint written = Pwrite(_fd, start + done, bytes.Length - done, offset + done);
                if (written > 0)
                {
                    done += (int)written;
                }
                else if (Marshal.GetLastPInvokeError() is var error && error != EINTR)
                {
                    throw StateProblem.NotWritable(path, error);
                }
            }
        }
    }

    public override void Publish() => _ = Fchmod(_fd, PublicFile);

    public override bool CanSpeakFor(ProcessIdentity process) =>
        Statx(_fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, out FileStatus self) == 0
        && (self.Mode & GroupOrWorldWritable) == 0
        && (self.Links <= 1 || IsInPrivateDirectory)
        && (self.Uid == 0 || self.Uid == Geteuid() || ProcessUser.Of(process) is not { } user || user.Effective == self.Uid);

    /// <summary>Nobody else gave the file a second name there.</summary>
    private bool IsInPrivateDirectory =>
        Statx(AT_FDCWD, System.IO.Path.GetDirectoryName(path) ?? "/", AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out FileStatus directory) == 0
        && (directory.Mode & GroupOrWorldWritable) == 0
        && directory.Uid == Geteuid();

    public override uint? User => Statx(_fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, out FileStatus self) == 0 && self.Links <= 1 ? self.Uid : null;

    public override bool IsOwn => Statx(_fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, out FileStatus self) == 0 && self.Uid == Geteuid();

    public override bool IsDeleted => Statx(_fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, out FileStatus self) == 0 && self.Links == 0;

    public override bool IsAt(string path)
    {
        // Which file it is does not change while it is open.
        if (_self is null && Statx(_fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, out FileStatus self) == 0)
        {
            _self = self;
        }

        return _self is { } own
            && Statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out FileStatus there) == 0
            && own.IsSameFile(there);
    }

    protected override void Dispose(bool disposing)
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = Close(fd);
        }
    }

    private void Lock(int operation)
    {
        while (Flock(_fd, operation) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != EINTR)
            {
                throw StateProblem.NotLockable(path, error);
            }
        }
    }

    private bool TryLock(int operation)
    {
        while (Flock(_fd, operation | LOCK_NB) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == EWOULDBLOCK)
            {
                return false;
            }

            if (error != EINTR)
            {
                throw StateProblem.NotLockable(path, error);
            }
        }

        return true;
    }
}
