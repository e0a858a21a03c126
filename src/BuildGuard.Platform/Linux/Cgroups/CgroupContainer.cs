using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>What both versions of control groups share: who is inside, letting some go, ending the rest, removing the groups.</summary>
internal abstract class CgroupContainer(LinuxProcessTable table, LeaseId lease, Limits limits, CgroupName name)
    : LinuxContainer(table, lease, limits, name)
{
    // A backstop against fork bombs only: the pids controller counts threads, and one .NET process has dozens.
    private const int TasksPerProcess = 64;
    private const int MinTasks = 1024;

    private readonly HashSet<int> _counted = [];
    private readonly List<string> _weaknesses = [];
    private bool _hadThreads;
    private bool _isHalted;

    // The command itself: it may have ended before the first look.
    private int _peakProcesses = 1;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Weaknesses => _weaknesses;

    /// <summary>The lease's groups: one for each hierarchy.</summary>
    protected abstract Cgroup[] Groups { get; }

    /// <inheritdoc/>
    protected override IEnumerable<string> RecordedGroups => Groups.Select(static group => group.Path);

    /// <summary>The groups that kept processes go to, beside <see cref="Groups"/>.</summary>
    protected abstract Cgroup[] Parents { get; }

    protected CgroupName Naming { get; } = name;

    /// <summary>The limit on tasks, as the kernel wants it written.</summary>
    protected string TaskLimit => MostTasks?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "max";

    private long? MostTasks => Limits.Processes is { } processes ? Math.Max(MinTasks, (long)TasksPerProcess * processes) : null;

    /// <inheritdoc/>
    protected override HashSet<int> Members()
    {
        HashSet<int> members = [];
        foreach (Cgroup group in Groups)
        {
            group.Processes(members);
        }

        // Root can leave a group; being our descendant it cannot leave.
        foreach (int pid in Family.Members())
        {
            members.Add(pid);
        }

        members.RemoveWhere(Family.WasReleased);
        return members;
    }

    /// <inheritdoc/>
    protected override IReadOnlyCollection<int> Glance(int most)
    {
        // The common end of a command that left nothing.
        if (!Libc.HasChildren())
        {
            return [];
        }

        HashSet<int> members = [];
        Groups[^1].SomeProcesses(members, most);
        members.UnionWith(members.Count < most ? Family.Some(most) : []);
        return [.. members.Where(pid => !Family.WasReleased(pid)).Take(most)];
    }

    /// <inheritdoc/>
    protected override IEnumerable<int> LikelyMembers()
    {
        HashSet<int> members = [];
        Groups[^1].Processes(members);
        return members;
    }

    /// <inheritdoc/>
    protected override bool IsMember(int pid) =>
        CgroupMembership.Of(pid).Contains(part => part == OwnName) || base.IsMember(pid);

    /// <summary>The name of the lease's groups.</summary>
    protected abstract string OwnName { get; }

    /// <inheritdoc/>
    protected override void Release(IReadOnlyCollection<int> pids)
    {
        base.Release(pids);
        foreach (int pid in pids)
        {
            foreach (Cgroup parent in Parents)
            {
                _ = parent.Write("cgroup.procs", pid.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>
    /// The common end of a command that left nothing: no descendant is our child, and the kernel counts nobody in the group and
    /// below it. Removing the groups would prove the same and take ten times as long, which the next one in the queue need not
    /// wait for.
    /// </summary>
    protected override bool IsProvenEmpty() => Tasks.Current == 0 && !Libc.HasChildren();

    /// <summary>What the kernel counts in the group and below it.</summary>
    protected abstract TaskMeter Tasks { get; }

    /// <summary>
    /// Kills everybody in a version 2 group in one stroke, and waits until the kernel says that nobody runs in it any more:
    /// looking for who is left would take from those who are ending the time that they need for it. Before Linux 5.14
    /// there is no such stroke, and nothing is done here.
    /// </summary>
    protected void KillAtOnce(Cgroup group)
    {
        if (Exit is null || !Family.IsAlone)
        {
            // What some of those who end have to say is still of interest.
            Kill(group);
            return;
        }

        HashSet<int> inside = [];
        group.Processes(inside);
        using (new NoZombies())
        {
            if (Kill(group))
            {
                NoteKilled(inside);
            }
        }
    }

    /// <summary>The version 2 group in which they can be stopped and killed all the same; there from Linux 5.2 on. Frozen by version 1 they would not die.</summary>
    protected abstract Cgroup? Unified { get; }

    /// <inheritdoc/>
    protected override Libc.PollFd RefusalSource => new() { Fd = Limits.Processes is null ? -1 : Tasks.Events, Events = Libc.POLLPRI };

    /// <inheritdoc/>
    protected override bool HaltHorde()
    {
        if (Tasks.IsForkRefused && Tasks.Current > Limits.Processes)
        {
            Halt();
        }

        return _isHalted;
    }

    /// <inheritdoc/>
    public override void Halt() => _isHalted = Unified?.Write("cgroup.freeze", "1") == 0;

    /// <summary>Lets those go on who were stopped though there are not too many of them: what was counted were threads.</summary>
    /// <param name="usage">What a look found.</param>
    protected Usage Judged(in Usage usage)
    {
        if (_isHalted && !usage.ProcessLimitHit && usage.Processes <= Limits.Processes)
        {
            _ = Unified?.Write("cgroup.freeze", "0");
            _isHalted = false;
        }

        return usage;
    }

    private unsafe bool Kill(Cgroup group)
    {
        if (group.Write("cgroup.kill", "1") != 0)
        {
            return false;
        }

        using var events = new OpenFile(group, "cgroup.events");
        Span<byte> buffer = stackalloc byte[256];
        Libc.PollFd change = new() { Fd = events.Descriptor, Events = Libc.POLLPRI };
        long progress = Environment.TickCount64;
        while (ProcFile.Field(events.Read(buffer), "populated"u8) > 0 && Environment.TickCount64 - progress < StandstillMilliseconds)
        {
            if (Reap())
            {
                progress = Environment.TickCount64;
            }

            _ = Libc.Poll(&change, 1, 1);
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void Close()
    {
        foreach (Cgroup group in Groups)
        {
            _ = group.Remove();
        }
    }

    /// <summary>Where there is swap, and the kernel does not let it be limited, what is swapped out is counted by looking alone.</summary>
    protected void NoteSwapUnlimited(string file, int error)
    {
        if (SwapSpace.Look().TotalBytes > 0)
        {
            _weaknesses.Add($"what is swapped out is watched by sampling: {file} cannot be written ({Errno.Describe(error)})");
        }
    }

    /// <summary>
    /// Processes now and at most. A single task needs no counting. The kernel keeps how many tasks there were at most: where no look
    /// found a thread they are taken for processes, so that a burst between two looks is in the figure.
    /// </summary>
    protected (int Now, int Peak) Count(long tasks, long peakTasks, Cgroup counted)
    {
        int now = (int)Math.Clamp(tasks, 0, 1);
        if (tasks > 1)
        {
            _counted.Clear();
            counted.Processes(_counted);
            now = _counted.Count;
            _hadThreads = _hadThreads || Threads(_counted, tasks);
        }

        _peakProcesses = Math.Max(_peakProcesses, now);
        if (!_hadThreads && peakTasks is > 0 and < int.MaxValue)
        {
            _peakProcesses = Math.Max(_peakProcesses, (int)peakTasks);
        }

        return (now, _peakProcesses);
    }

    /// <summary>
    /// Whether it was for the limit that a fork was refused. Before Linux 6.11, and in version 1, a group also counts those that were
    /// refused for a limit of the groups around it: that is no breach, unless there were too many processes as well.
    /// </summary>
    /// <param name="peakTasks">The most tasks there ever were; -1 if unknown.</param>
    protected bool IsProcessLimitHit(long peakTasks) =>
        Tasks.IsForkRefused && MostTasks is { } most && (peakTasks < 0 || peakTasks >= most || _peakProcesses > Limits.Processes);

    /// <summary>Whether one of the processes has threads; only asked where there are more tasks than processes.</summary>
    private static bool Threads(HashSet<int> processes, long tasks) =>
        tasks > processes.Count && processes.Any(static pid => ProcStat.TryRead(pid, out ProcStat stat) && stat.Threads > 1);

    /// <summary>Creates a group.</summary>
    /// <exception cref="GuardException">BG4004: it cannot be created.</exception>
    protected static void Create(Cgroup group)
    {
        int error = group.Create();
        if (error != 0)
        {
            throw Failed($"the control group {group.Path} cannot be created", error);
        }
    }

    /// <summary>Opens a file of a group.</summary>
    /// <exception cref="GuardException">BG4004: it cannot be opened.</exception>
    protected static int Open(Cgroup group, string file)
    {
        int fd = group.Open(file, Libc.O_WRONLY);
        return fd >= 0 ? fd : throw Failed($"{group.Path}/{file} cannot be opened", Libc.LastError);
    }

    /// <summary>The failure of a step that the start depends on.</summary>
    protected static GuardException Failed(string what, int error) =>
        new(Messages.CannotContain($"{what} ({Errno.Describe(error)})"));
}
