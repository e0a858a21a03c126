using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// A running process that we hold on to, so that a signal can never reach another one that got its id since.
/// Where the kernel has no pidfd (before 5.3) it is the bare id.
/// </summary>
internal readonly record struct Target(int Pid, int Fd)
{
    /// <summary>Takes hold of a process; <c>null</c> if it is gone or no longer what it was taken for.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="isStill">Whether the process that now has the id is the one meant; asked once it can no longer change.</param>
    public static Target? Take(int pid, Func<int, bool> isStill)
    {
        int fd = Libc.PidFdOpen(pid);
        if (fd < 0 && Libc.LastError == Errno.ESRCH)
        {
            return null;
        }

        var target = new Target(pid, fd);
        if (isStill(pid))
        {
            return target;
        }

        target.Release();
        return null;
    }

    /// <summary>Sends a signal; 0 or the error number.</summary>
    public int Signal(int signal)
    {
        int result = Fd >= 0 ? Libc.PidFdSendSignal(Fd, signal) : Libc.Kill(Pid, signal);
        return result == 0 ? 0 : Libc.LastError;
    }

    /// <summary>Lets go.</summary>
    public void Release()
    {
        if (Fd >= 0)
        {
            _ = Libc.Close(Fd);
        }
    }

    /// <summary>Sleeps until all have ended, at most so long.</summary>
    public static unsafe void Await(IReadOnlyList<Target> targets, int milliseconds)
    {
        long deadline = Environment.TickCount64 + milliseconds;
        var fds = new List<Libc.PollFd>();
        foreach (Target target in targets)
        {
            if (target.Fd >= 0)
            {
                fds.Add(new Libc.PollFd { Fd = target.Fd, Events = Libc.POLLIN });
            }
        }

        if (fds.Count == 0)
        {
            _ = Libc.Poll(null, 0, Math.Min(milliseconds, 2));
            return;
        }

        while (fds.Count > 0 && Environment.TickCount64 <= deadline)
        {
            Libc.PollFd[] batch = [.. fds];
            fixed (Libc.PollFd* start = batch)
            {
                int remaining = (int)Math.Max(0, deadline - Environment.TickCount64);
                if (Libc.Poll(start, (nuint)batch.Length, remaining) == 0)
                {
                    return;
                }
            }

            fds.Clear();
            fds.AddRange(Array.FindAll(batch, fd => fd.Revents == 0));
        }
    }
}
