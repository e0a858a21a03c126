using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// At a terminal this program stops when its command has stopped, and not before: the shell above sees one job, which is stopped
/// or runs. Ctrl+Z reaches both; a command that ignores it runs on, and must not run on alone.
/// </summary>
internal sealed unsafe class JobControl : IDisposable
{
    private const int SIGTSTP = 20;

    /// <summary>Nobody brings a stopped job back sooner: then it was not stopped at all, for no shell is there to bring it back.</summary>
    private const int ShortestStopMilliseconds = 2;

    private readonly SignalPipe _suspend = new(SIGTSTP);

    private JobControl()
    {
    }

    /// <summary><c>null</c> without a terminal, where there are no jobs.</summary>
    public static JobControl? AtTerminal() => StopSignals.HasTerminal ? new JobControl() : null;

    /// <summary>Readable when Ctrl+Z was typed, or somebody else asked for a stop.</summary>
    public int Descriptor => _suspend.Descriptor;

    /// <summary>Whether a stop was asked for which the command has not followed yet.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>Whether the command has stopped and this program is to do the same.</summary>
    public bool MustStop(Target command)
    {
        while (_suspend.IsPending && _suspend.Next() > 0)
        {
            IsAsked = true;

            // The terminal tells its whole foreground group.
            if (!StopSignals.IsInForeground())
            {
                _ = command.Signal(SIGTSTP);
            }
        }

        if (!HasStopped(command.Pid) || !(IsAsked || StopSignals.IsInForeground()))
        {
            return false;
        }

        IsAsked = false;
        return true;
    }

    /// <summary>Stops this program until somebody lets it go on. Whether it was stopped.</summary>
    public bool Stop()
    {
        long start = Environment.TickCount64;
        _suspend.Without(static () => _ = Libc.Raise(SIGTSTP));
        return Environment.TickCount64 - start >= ShortestStopMilliseconds;
    }

    /// <inheritdoc/>
    public void Dispose() => _suspend.Dispose();

    /// <summary>Told once for each time that it stops.</summary>
    private static bool HasStopped(int pid)
    {
        const int P_PID = 1;
        const int WSTOPPED = 2;
        byte* info = stackalloc byte[128];
        new Span<byte>(info, 128).Clear();
        return Libc.WaitId(P_PID, (uint)pid, info, WSTOPPED | Libc.WNOHANG) == 0 && *(int*)info != 0;
    }
}
