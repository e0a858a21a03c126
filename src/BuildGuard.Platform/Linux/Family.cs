using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// The descendants of this process that belong to one command. As child subreaper (<c>prctl(2)</c>) this process
/// becomes the parent of every orphan below it, so no double fork and no <c>setsid</c> leads out.
/// </summary>
/// <remarks>
/// A process that holds a container should start nothing else. What it started before the container is left alone,
/// and so is what descends from the commands of other containers.
/// </remarks>
internal sealed class Family : IDisposable
{
    private static readonly Lock s_gate = new();
    private static readonly List<Family> s_all = [];

    private readonly HashSet<int> _strangers = [];
    private readonly HashSet<(int Pid, long StartTime)> _released = [];
    private readonly Dictionary<int, long> _known = [];

    /// <summary>The command.</summary>
    public int Head { get; set; }

    /// <summary>Makes this process the one that inherits orphans, and remembers the children that it has already.</summary>
    public void Found()
    {
        _ = Libc.PrCtl(Libc.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        lock (s_gate)
        {
            s_all.Add(this);
        }

        if (Libc.HasChildren())
        {
            _strangers.UnionWith(ProcessTree.Descendants(Libc.GetPid()));
        }
    }

    /// <summary>Those that can still run, by a look at the whole machine.</summary>
    public HashSet<int> Members()
    {
        _known.Clear();

        // The common end of a command that left nothing: one system call says so.
        if (!Libc.HasChildren())
        {
            return [];
        }

        Dictionary<int, ProcStat> everything = ProcessTree.Everything();
        HashSet<int> foreign = Foreign();
        foreign.UnionWith(foreign.Count > 0 ? ProcessTree.Descend(everything, foreign) : []);
        foreach (int pid in ProcessTree.Descend(everything, [Libc.GetPid()]))
        {
            ProcStat stat = everything[pid];
            if (stat.Runs && !foreign.Contains(pid) && !_released.Contains((pid, stat.StartTime)))
            {
                _known[pid] = stat.StartTime;
            }
        }

        return [.. _known.Keys];
    }

    /// <summary>Those that can still run, by a quicker look that may miss one.</summary>
    public List<ProcStat> LikelyMembers()
    {
        List<ProcStat> members = [];
        if (!Libc.HasChildren())
        {
            return members;
        }

        HashSet<int> foreign = Foreign();
        foreign.UnionWith(foreign.SelectMany(ProcessTree.Descendants).ToArray());
        foreach (int pid in ProcessTree.Descendants(Libc.GetPid()))
        {
            if (!foreign.Contains(pid)
                && ProcStat.TryRead(pid, out ProcStat stat)
                && stat.Runs
                && !_released.Contains((pid, stat.StartTime)))
            {
                members.Add(stat);
            }
        }

        return members;
    }

    /// <summary>
    /// Kills those that were handed to us as children, without a look at the machine that would take longer than some of
    /// them live; whether there were any. None means that nobody is left: whoever is, descends from a child of ours.
    /// </summary>
    /// <remarks>Their ids can mean nobody else: it is we who have not collected them yet.</remarks>
    public bool KillChildren()
    {
        if (!Libc.HasChildren())
        {
            return false;
        }

        bool found = false;
        HashSet<int> foreign = Foreign();
        foreach (int pid in ProcessTree.Children(Libc.GetPid()))
        {
            found |= !foreign.Contains(pid) && !WasReleased(pid) && Libc.Kill(pid, Libc.SIGKILL) == 0;
        }

        return found;
    }

    /// <summary>Whether the process that has this id now is one of those that <see cref="Members"/> saw last.</summary>
    public bool Contains(int pid) =>
        _known.TryGetValue(pid, out long started) && ProcStat.TryRead(pid, out ProcStat stat) && stat.StartTime == started;

    /// <summary>Lets some go for good.</summary>
    public void Release(IReadOnlyCollection<int> pids)
    {
        foreach (int pid in pids)
        {
            if (ProcStat.TryRead(pid, out ProcStat stat))
            {
                _released.Add((pid, stat.StartTime));
            }
        }
    }

    /// <summary>Whether a process was let go.</summary>
    public bool WasReleased(int pid) =>
        _released.Count > 0 && ProcStat.TryRead(pid, out ProcStat stat) && _released.Contains((pid, stat.StartTime));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (s_gate)
        {
            s_all.Remove(this);
        }
    }

    private HashSet<int> Foreign()
    {
        HashSet<int> foreign = [.. _strangers];
        lock (s_gate)
        {
            foreach (Family other in s_all)
            {
                if (other != this && other.Head != 0)
                {
                    foreign.Add(other.Head);
                }
            }
        }

        return foreign;
    }
}
