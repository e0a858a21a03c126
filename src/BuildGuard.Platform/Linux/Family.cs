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
    private List<ProcStat> _likely = [];
    private int _latest;

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
            if (stat.Runs && !foreign.Contains(pid) && !IsReleased(stat))
            {
                _known[pid] = stat.StartTime;
            }
        }

        return [.. _known.Keys];
    }

    /// <summary>Those that can still run, by a quicker look that may miss one.</summary>
    public IReadOnlyList<ProcStat> LikelyMembers()
    {
        if (!Libc.HasChildren())
        {
            return [];
        }

        int latest = Newborns.Latest();
        _likely = latest != 0 && latest == _latest ? StillRunning(_likely) : Walk();
        _latest = latest;
        return _likely;
    }

    /// <summary>
    /// Those that are our own children, zombies included. None means that nobody is left: whoever is, descends from one.
    /// Nobody else can get the id of one, for it is we who have not collected it yet.
    /// </summary>
    public List<int> Children()
    {
        if (!Libc.HasChildren())
        {
            return [];
        }

        HashSet<int> foreign = Foreign();
        List<int> children = ProcessTree.Children(Libc.GetPid());
        _ = children.RemoveAll(pid => foreign.Contains(pid) || WasReleased(pid));
        return children;
    }

    /// <summary>Some of those that can still run, nearest first, at no more cost than that of so many.</summary>
    public List<int> Some(int most)
    {
        List<int> some = [];
        List<int> open = Children();
        for (int i = 0; i < open.Count && some.Count < most; i++)
        {
            if (ProcStat.TryRead(open[i], out ProcStat stat) && stat.Runs)
            {
                some.Add(stat.Pid);
                ProcessTree.AddChildren(stat, open);
            }
        }

        return some;
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
        _released.Count > 0 && ProcStat.TryRead(pid, out ProcStat stat) && IsReleased(stat);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (s_gate)
        {
            s_all.Remove(this);
        }
    }

    private List<ProcStat> StillRunning(List<ProcStat> before)
    {
        List<ProcStat> members = new(before.Count);
        foreach (ProcStat member in before)
        {
            if (ProcStat.TryRead(member.Pid, out ProcStat stat) && stat.StartTime == member.StartTime && stat.Runs && !IsReleased(stat))
            {
                members.Add(stat);
            }
        }

        return members;
    }

    private List<ProcStat> Walk()
    {
        List<ProcStat> members = [];
        HashSet<int> foreign = Foreign();
        foreign.UnionWith(foreign.SelectMany(ProcessTree.Descendants).ToArray());
        List<int> open = ProcessTree.Children(Libc.GetPid());
        for (int i = 0; i < open.Count; i++)
        {
            if (!ProcStat.TryRead(open[i], out ProcStat stat))
            {
                continue;
            }

            if (stat.Runs)
            {
                ProcessTree.AddChildren(stat, open);
            }

            if (stat.Runs && !foreign.Contains(stat.Pid) && !IsReleased(stat))
            {
                members.Add(stat);
            }
        }

        return members;
    }

    private bool IsReleased(in ProcStat stat) => _released.Contains((stat.Pid, stat.StartTime));

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
