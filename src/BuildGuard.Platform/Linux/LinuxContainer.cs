using System.Diagnostics;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Linux.Spawn;
using BuildGuard.Processes;

namespace BuildGuard.Platform.Linux;

/// <summary>What is the same on every rung: the command, waiting for it, signals, and its descendants.</summary>
internal abstract unsafe partial class LinuxContainer : IContainer
{
    private readonly LeaseId _lease;
    private readonly LeaseMark _kept;
    private int _command;
    private int _commandFd = -1;
    private int _parentFd = -1;
    private readonly int _wakeFd = Libc.EventFd(0, Libc.O_CLOEXEC | O_NONBLOCK);
    private readonly int _parent = Libc.GetPPid();
    private bool _parentGone;
    private long _reapedMicroseconds;
    private readonly HashSet<int> _signalled = [];
    private readonly List<int> _killed = [];
    private TimeSpan _measureCost;
    private TimeSpan _measuredAt;
    private long _lookedAt;
    private string? _record;
    private JobControl? _job;
    private bool _ended;
    private int _disposed;

    private const int O_NONBLOCK = 0x800;

    // What Wait looks at.
    private const int Sources = 6;

    // How often somebody who waits long asks whether it has become urgent, in milliseconds.
    private const int UrgencyMilliseconds = 50;

    // One chase, and how long nobody may come or go meanwhile: whoever is frozen needs another way.
    private const int ChaseMilliseconds = 500;
    protected const int StandstillMilliseconds = 20;

    protected LinuxContainer(LinuxProcessTable table, LeaseId lease, Limits limits, CgroupName name)
    {
        Table = table;
        Limits = limits;
        _lease = lease;
        var signs = new LeaseSigns(lease, name);
        Mark = signs.Mark;
        Family = new Family(signs);
        _kept = LeaseMark.OfKept(lease, name);
    }

    /// <inheritdoc/>
    public abstract Rung Rung { get; }

    /// <inheritdoc/>
    public string Record => _record ??= ContainerRecord.Write(Rung, [.. RecordedGroups]);

    /// <inheritdoc/>
    public ExitStatus? Exit { get; private set; }

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> Weaknesses => [];

    /// <inheritdoc/>
    public IReadOnlyList<ProcessRow> Kept { get; private set; } = [];

    /// <inheritdoc/>
    public TimeSpan SuggestedPause
    {
        get
        {
            TimeSpan pause = _measureCost * Pace.PauseForEach;
            return pause < Pace.LongestPause ? pause : Pace.LongestPause;
        }
    }

    /// <inheritdoc/>
    public bool IsEmpty
    {
        get
        {
            Reap();
            return Members().Count == 0;
        }
    }

    /// <summary>Whoever descends from the command.</summary>
    protected Family Family { get; }

    protected LinuxProcessTable Table { get; }

    protected Limits Limits { get; }

    /// <summary>By which whatever the lease started is known.</summary>
    protected LeaseMark Mark { get; }

    /// <summary>The command's process id; 0 before it was started.</summary>
    protected int Command => _command;

    /// <summary>How often it is looked at, by what the last look found.</summary>
    protected virtual Pace Pace => Pace.Ordinary;

    /// <summary>Whether so much has happened since the last look that the next one must not wait; cheap.</summary>
    protected virtual bool IsUrgent => false;

    /// <summary>Whether nobody may run inside while this program is stopped.</summary>
    protected virtual bool StopsAll => false;

    /// <summary>CPU time of the processes that were collected, in milliseconds.</summary>
    protected long ReapedMilliseconds => _reapedMicroseconds / 1000;

    /// <summary>What else <see cref="Wait"/> looks at: the kernel's word that a limit was reached. -1 for nothing.</summary>
    protected virtual Libc.PollFd LimitSource => new() { Fd = -1 };

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
            long slice = mustAsk ? Math.Min(remaining, 10) : Math.Min(remaining, UrgencyMilliseconds);
            int ready = Libc.Poll(fds, Sources, (int)(_parentGone ? 0 : slice));
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

            if (ready > 0 && fds[3].Revents != 0 && LimitReached())
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
    public void Wake()
    {
        ulong one = 1;
        _ = Libc.Write(_wakeFd, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    public Usage Measure()
    {
        Reap();
        Usage usage = Look();

        // Not what passed on the clock: a look that was kept waiting by a busy machine would be followed by a long blind one.
        // From the end of the last look, for to wait and to wake up costs something too.
        TimeSpan now = Libc.ThreadTime;
        TimeSpan cost = now - _measuredAt;

        // The first look is dear because it is the first.
        _measureCost = _measuredAt == TimeSpan.Zero ? TimeSpan.Zero
            : _measureCost == TimeSpan.Zero ? cost
            : ((_measureCost * 3) + cost) / 4;
        _measuredAt = now;
        _lookedAt = Environment.TickCount64;
        return usage;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ProcessRow> Processes() =>
        Table.Describe(Glance(TreeEnd.MostDescribed)).FindAll(static row => row.State is not ('Z' or 'X') || row.MemoryBytes > 0);

    /// <inheritdoc/>
    public long WrittenBytes => LikelyMembers().Sum(LinuxProcessTable.WrittenBy);

    /// <inheritdoc/>
    public void Signal(int signal)
    {
        if (_command != 0 && Exit is null)
        {
            _ = new Target(_command, _commandFd).Signal(signal);
        }
    }

    /// <inheritdoc/>
    public void RequestEnd()
    {
        foreach (int pid in Members())
        {
            if (Target.Take(pid, IsMember) is { } target)
            {
                // A stopped process would not hear the request.
                _ = target.Signal(Libc.SIGTERM);
                _ = target.Signal(Libc.SIGCONT);
                target.Release();
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<EndedProcess> End(IReadOnlyCollection<string>? keep = null)
    {
        if (_command == 0)
        {
            return [];
        }

        _ = DescriptorRoom.GiveWay();
        if (keep is { Count: > 0 })
        {
            List<int> kept = KeepList.Select(Members, keep);

            // What they have started is theirs: a server is of no use without its workers.
            kept.AddRange(ProcessTree.Descend(ProcessTree.Everything(), kept));
            Kept = Table.Describe(kept);
            Release(kept);
            kept.ForEach(_kept.GiveTo);
        }

        _killed.Clear();
        try
        {
            IReadOnlyList<EndedProcess> ended = IsProvenEmpty() && !Family.Strays.MayExist() ? [] : Ending(_command).Run();
            Reap();
            _ended = true;
            return ended;
        }
        catch (GuardException)
        {
            // What did not end in all that time is not tried again when the container is given up.
            _ended = true;
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _parked?.Dispose();
        _job?.Dispose();
        try
        {
            // What was proven empty stays so: nobody gets in but by being started from inside.
            if (!_ended)
            {
                _ = End();
            }
        }
        finally
        {
            Close();
            CloseParent();
            _ = Libc.Close(_wakeFd);
            if (_commandFd >= 0)
            {
                _ = Libc.Close(_commandFd);
            }

            Family.Dispose();
            _ = DescriptorRoom.GiveWay();
        }
    }

    /// <summary>What is used now; what has ended is collected.</summary>
    protected abstract Usage Look();

    /// <summary>The groups in which its processes are found again.</summary>
    protected virtual IEnumerable<string> RecordedGroups => [];

    /// <summary>Whether <see cref="LimitSource"/> really spoke of a limit.</summary>
    protected virtual bool LimitReached() => false;

    /// <summary>The processes inside that can still run, the kept ones not counted.</summary>
    protected virtual HashSet<int> Members() => Family.Members();

    /// <summary>Whether a process is inside.</summary>
    protected virtual bool IsMember(int pid) => Family.Contains(pid);

    /// <summary>Lets processes go that are to stay alive.</summary>
    protected virtual void Release(IReadOnlyCollection<int> pids) => Family.Release(pids);

    /// <summary>
    /// Whether nothing is left, where that can be proven more cheaply than by looking for it. Called once the command has
    /// ended; what was prepared for it may be gone afterwards.
    /// </summary>
    protected virtual bool IsProvenEmpty() => false;

    /// <summary>How this rung ends what is inside.</summary>
    protected abstract TreeEnd Ending(int command);

    /// <summary>Whether a look now would not cost more than one near a limit may.</summary>
    private bool MayLookAgain => Environment.TickCount64 - _lookedAt >= (_measureCost * Pace.Brisk.PauseForEach).TotalMilliseconds;

    /// <summary>Removes what <see cref="Spawn"/> prepared; nothing runs inside any more.</summary>
    protected virtual void Close()
    {
    }

    /// <summary>The processes inside, by a quicker look that may miss one.</summary>
    protected virtual IEnumerable<int> LikelyMembers() => Family.LikelyMembers().Select(static stat => stat.Pid);

    /// <summary>Some of the processes inside, found more quickly than all.</summary>
    protected virtual IReadOnlyCollection<int> Glance(int most) => Family.Some(most).FindAll(pid => !Family.WasReleased(pid));

    /// <summary>Those that were collected since the end began and had not ended by themselves.</summary>
    protected IReadOnlyCollection<int> Killed => _killed;

    /// <summary>Collects whatever ended: the command, and orphans that were handed to us. Whether there was anything.</summary>
    protected bool Reap()
    {
        bool any = false;
        int status;
        Libc.RUsage usage;
        while (_command != 0 && Libc.Wait4(-1, &status, Libc.WNOHANG, &usage) is > 0 and int pid)
        {
            any = true;
            _reapedMicroseconds += usage.CpuMicroseconds;
            _ = _signalled.Remove(pid);
            int signal = status & 0x7F;
            if (signal == Libc.SIGKILL)
            {
                _killed.Add(pid);
            }

            if (pid == _command)
            {
                Family.Head = 0;
                Exit = signal == 0 ? new ExitStatus((status >> 8) & 0xFF, 0) : new ExitStatus(0, signal);
            }
        }

        return any;
    }

    /// <summary>
    /// Kills whoever is handed to us, from the command down, without a look at the machine, which would take longer than
    /// some of them live; whether anybody is left. What is killed hands its children to us, and cannot fork any more.
    /// </summary>
    protected bool Chase()
    {
        long start = Environment.TickCount64;
        long progress = start;
        while (Environment.TickCount64 - progress < StandstillMilliseconds && Environment.TickCount64 - start < ChaseMilliseconds)
        {
            bool news = false;
            List<int> children = Family.Children();
            foreach (int pid in children)
            {
                news |= _signalled.Add(pid) & Libc.Kill(pid, Libc.SIGKILL) == 0;
            }

            bool collected = Reap();
            if (children.Count == 0)
            {
                return Family.ChaseStrays();
            }

            if (news || collected)
            {
                progress = Environment.TickCount64;
            }
            else if (!children.Exists(static pid => ProcStat.TryRead(pid, out ProcStat stat) && stat.Runs))
            {
                // Zombies that only who traces them may collect. They run no more and have handed on their children.
                return Family.ChaseStrays();
            }
            else
            {
                // All that we know of are on their way out.
                _ = Libc.Poll(null, 0, 1);
            }
        }

        return true;
    }

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

    private void CloseParent()
    {
        if (_parentFd >= 0)
        {
            _ = Libc.Close(_parentFd);
            _parentFd = -1;
        }
    }
}
