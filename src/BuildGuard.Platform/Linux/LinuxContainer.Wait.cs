using BuildGuard.Containment;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <content>Waiting for whatever concerns who supervises.</content>
internal abstract unsafe partial class LinuxContainer
{
    // What Wait looks at.
    private const int Sources = 7;

    // How often somebody who waits long asks whether it has become urgent, in milliseconds.
    private const int UrgencyMilliseconds = 50;

    /// <summary>Whether <see cref="IsUrgent"/> has to be asked while nothing else happens.</summary>
    protected virtual bool MayBecomeUrgent => false;

    /// <summary>Whether so much has happened since the last look that the next one must not wait; cheap.</summary>
    protected virtual bool IsUrgent => false;

    /// <summary>Whether nobody may run inside while this program is stopped.</summary>
    protected virtual bool StopsAll => false;

    /// <summary>What else <see cref="Wait"/> looks at: the kernel's word that a limit was reached. -1 for nothing.</summary>
    protected virtual Libc.PollFd LimitSource => new() { Fd = -1 };

    /// <summary>What <see cref="Wait"/> looks at before all else: the kernel's word that a fork was refused. -1 for nothing.</summary>
    protected virtual Libc.PollFd RefusalSource => new() { Fd = -1 };

    /// <inheritdoc/>
    public ContainerEvents Wait(TimeSpan timeout)
    {
        bool hadExited = Exit is not null;
        long deadline = timeout < TimeSpan.Zero ? long.MaxValue : Environment.TickCount64 + (long)Math.Ceiling(timeout.TotalMilliseconds);
        Libc.PollFd* fds = stackalloc Libc.PollFd[Sources];
        bool isHeld = false;
        while (true)
        {
            fds[0] = new Libc.PollFd { Fd = hadExited || isHeld ? -1 : _commandFd, Events = Libc.POLLIN };
            fds[1] = new Libc.PollFd { Fd = _wakeFd, Events = Libc.POLLIN };
            fds[2] = new Libc.PollFd { Fd = _parentGone ? -1 : _parentFd, Events = Libc.POLLIN };
            fds[3] = LimitSource;
            fds[4] = new Libc.PollFd { Fd = StopSignals.Descriptor, Events = Libc.POLLIN };
            long remaining = Math.Clamp(deadline - Environment.TickCount64, 0, int.MaxValue);

            // Without a descriptor (kernels before 5.3) the command's end has to be asked for, and while somebody who traces
            // it has not collected it, who alone may.
            bool mustAsk = !hadExited && _command != 0 && (_commandFd < 0 || isHeld);

            // And whether it has stopped, once that was asked for.
            fds[5] = new Libc.PollFd { Fd = _job?.Descriptor ?? -1, Events = Libc.POLLIN };
            mustAsk |= _job?.IsAsked == true;

            // Nothing tells of a command that stops by itself, as it may where there are jobs, nor of births.
            long slice = mustAsk ? Math.Min(remaining, 10)
                : _job is not null || MayBecomeUrgent ? Math.Min(remaining, UrgencyMilliseconds)
                : remaining;
            fds[6] = RefusalSource;
            int ready = Libc.Poll(fds, Sources, (int)(_parentGone ? 0 : slice));
            bool isHorde = ready > 0 && fds[6].Revents != 0 && HaltHorde();
            Reap();
            isHeld |= ready > 0 && fds[0].Revents != 0 && Exit is null;
            ContainerEvents events = ContainerEvents.None;
            if (!hadExited && Exit is not null)
            {
                events |= ContainerEvents.Exited;
            }

            StopWithCommand();
            if (ready > 0 && fds[1].Revents != 0)
            {
                ulong count;
                _ = Libc.Read(_wakeFd, &count, sizeof(ulong));
                events |= ContainerEvents.Woken;
            }

            if (_parentGone || (ready > 0 && fds[2].Revents != 0))
            {
                // Said once; the descriptor would go on saying it.
                _parentGone = false;
                CloseParent();
                events |= ContainerEvents.ParentGone;
            }

            if (isHorde || (ready > 0 && fds[3].Revents != 0 && LimitReached()))
            {
                events |= ContainerEvents.LimitReached;
            }

            if (ready > 0 && fds[4].Revents != 0)
            {
                events |= ContainerEvents.StopAsked;
            }

            if (events != ContainerEvents.None || remaining == 0 || (remaining > slice && !mustAsk && IsUrgent && MayLookAgain))
            {
                return events;
            }
        }
    }

    /// <inheritdoc/>
    public bool HasEnded
    {
        get
        {
            Libc.PollFd command = new() { Fd = _commandFd, Events = Libc.POLLIN };
            return Exit is not null || Libc.Poll(&command, 1, 0) > 0;
        }
    }

    /// <summary>
    /// Whether a look had better be left at what it has found, because the command has ended or somebody wants something, of
    /// which <see cref="Wait"/> would tell. Not twice in a row: it may be what nobody can answer.
    /// </summary>
    protected bool MayCutShort()
    {
        if (_wasCutShort)
        {
            return false;
        }

        Libc.PollFd* fds = stackalloc Libc.PollFd[3];
        fds[0] = new Libc.PollFd { Fd = Exit is null ? _commandFd : -1, Events = Libc.POLLIN };
        fds[1] = new Libc.PollFd { Fd = _wakeFd, Events = Libc.POLLIN };
        fds[2] = new Libc.PollFd { Fd = StopSignals.Descriptor, Events = Libc.POLLIN };
        return _isCutShort = Libc.Poll(fds, 3, 0) > 0;
    }

    /// <inheritdoc/>
    public void Wake()
    {
        ulong one = 1;
        _ = Libc.Write(_wakeFd, &one, sizeof(ulong));
    }

    /// <summary>Whether <see cref="LimitSource"/> really spoke of a limit.</summary>
    protected virtual bool LimitReached() => false;

    /// <summary>
    /// Called when <see cref="RefusalSource"/> spoke: stops those inside if they are more than there may be, and says whether. Nothing is
    /// to be done before it, for each step may take seconds where a thousand others want the same processor.
    /// </summary>
    protected virtual bool HaltHorde() => false;

    /// <summary>Whether a look now would not cost more than one near a limit may.</summary>
    private bool MayLookAgain => Environment.TickCount64 - _lookedAt >= (_measureCost * Pace.Brisk.PauseForEach).TotalMilliseconds;

    /// <summary>
    /// When the command has stopped this program stops too, and lets it go on when it goes on itself. Where nothing but this program
    /// enforces the limits nobody else may run meanwhile.
    /// </summary>
    private void StopWithCommand()
    {
        var command = new Target(_command, _commandFd);
        if (_job is null || _command == 0 || Exit is not null || !_job.MustStop(command))
        {
            return;
        }

        List<Target> held = StopsAll ? HoldAll() : [];
        bool wasStopped = _job.Stop();
        foreach (Target target in held)
        {
            _ = target.Signal(Libc.SIGCONT);
            target.Release();
        }

        if (wasStopped)
        {
            _ = command.Signal(Libc.SIGCONT);
        }
    }

    /// <summary>Stops whoever runs inside; returns them.</summary>
    private List<Target> HoldAll()
    {
        List<Target> held = [];
        foreach (int pid in Members())
        {
            if (ProcStat.TryRead(pid, out ProcStat stat) && stat.State is not ('T' or 't') && Target.Take(pid, IsMember) is { } target)
            {
                _ = target.Signal(Libc.SIGSTOP);
                held.Add(target);
            }
        }

        return held;
    }
}
