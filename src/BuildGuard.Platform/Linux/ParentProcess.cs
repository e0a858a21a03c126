using System.Text;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;

namespace BuildGuard.Platform.Linux;

/// <summary>The process that started this one.</summary>
public sealed unsafe class ParentProcess
{
    private const int LongestTarget = 64;
    private const int AskAgain = 1000;

    private readonly int _pid = Libc.GetPPid();

    /// <summary>Whether it has ended since this was made: then another one has taken its place.</summary>
    public bool IsGone => Libc.GetPPid() != _pid;

    /// <summary>Calls back when it has ended, on a thread that sleeps until then.</summary>
    /// <param name="then">What is done then.</param>
    /// <exception cref="GuardException">BG4004: there is no thread to be had.</exception>
    public void WhenGone(Action then)
    {
        ArgumentNullException.ThrowIfNull(then);
        BackgroundThread.Start("waits for the end of the parent", () =>
        {
            AwaitEnd();
            then();
        });
    }

    private void AwaitEnd()
    {
        // pidfd_open(2): readable when the process has ended. Where there is none (kernels before 5.3) it has to be asked.
        var source = new Libc.PollFd { Fd = Libc.PidFdOpen(_pid), Events = Libc.POLLIN };
        while (!IsGone && Libc.Poll(&source, 1, source.Fd < 0 ? AskAgain : -1) <= 0)
        {
        }

        if (source.Fd >= 0)
        {
            _ = Libc.Close(source.Fd);
        }
    }

    /// <summary>
    /// Opens its standard error, for what must reach people past it; <c>null</c> where that cannot be done without harm: it is a file, in which the parent's next line would
    /// stand over ours, or there is nobody at its other end.
    /// </summary>
    public ILineWriter? OpenError()
    {
        // proc_pid_fd(5): a link that opens the same pipe or terminal once more.
        string path = $"/proc/{_pid}/fd/{StandardStreams.Error}";
        Span<byte> buffer = stackalloc byte[LongestTarget];
        nint length;
        fixed (byte* start = buffer)
        {
            length = Libc.ReadLink(path, start, LongestTarget);
        }

        string target = length <= 0 ? "" : Encoding.UTF8.GetString(buffer[..(int)length]);
        if (!target.StartsWith("pipe:", StringComparison.Ordinal)
            && !target.StartsWith("/dev/pts/", StringComparison.Ordinal)
            && !target.StartsWith("/dev/tty", StringComparison.Ordinal))
        {
            return null;
        }

        // Never waits: neither for a reader nor for room.
        int fd = UnixFileApi.Open(path, UnixFileApi.O_WRONLY | UnixFileApi.O_NONBLOCK | UnixFileApi.O_NOCTTY | UnixFileApi.O_CLOEXEC, 0);
        return fd < 0 ? null : new DescriptorWriter(fd);
    }
}
