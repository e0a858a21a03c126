using System.Runtime.InteropServices;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>A directory locked with flock(2) for as long as somebody works in it; nothing is left in it, however the work ends.</summary>
public sealed class DirectoryLock : IDisposable
{
    private readonly int _fd;

    private DirectoryLock(int fd) => _fd = fd;

    /// <summary>Takes it.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="wait">What to say when somebody else has it, before it is waited for.</param>
    /// <returns>The lock; <c>null</c> where it cannot be had: not on this system, not on this file system, no right to read.</returns>
    public static DirectoryLock? Take(string path, Action wait)
    {
        int fd = OperatingSystem.IsLinux() ? Open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY, 0) : -1;
        if (fd < 0)
        {
            return null;
        }

        int error = Lock(fd, LOCK_EX | LOCK_NB);
        if (error == EWOULDBLOCK)
        {
            wait();
            error = Lock(fd, LOCK_EX);
        }

        if (error == 0)
        {
            return new DirectoryLock(fd);
        }

        _ = Close(fd);
        return null;
    }

    /// <summary>Gives it to the next.</summary>
    public void Dispose() => _ = Close(_fd);

    /// <returns>The error; 0 if there is none.</returns>
    private static int Lock(int fd, int operation)
    {
        while (Flock(fd, operation) != 0)
        {
            if (Marshal.GetLastPInvokeError() is var error && error != EINTR)
            {
                return error;
            }
        }

        return 0;
    }
}
