using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// The processes of one command: the descendants of this process but those that are none of the command's. As child
/// subreaper (<c>prctl(2)</c>) this process becomes the parent of every orphan below it, so no double fork and no
/// <c>setsid</c> leads out; for what leads out all the same there are the <see cref="Strays"/>.
/// </summary>
/// <remarks>
/// Whoever executes this program may have children, and these become ours, as do those that they leave. They are told from
/// the command's by what the command's are born with. What descends from the commands of other containers is theirs.
/// </remarks>
internal sealed class Family(LeaseSigns signs) : IDisposable
{
    /// <summary>After how many looks somebody who is in a hurry is asked: so many take about a millisecond.</summary>
    public const int AskedEach = 64;

    private static readonly Lock s_gate = new();
    private static readonly List<Family> s_all = [];

    private readonly HashSet<(int Pid, long StartTime)> _strangers = [];
    private readonly HashSet<(int Pid, long StartTime)> _own = [];
    private readonly HashSet<(int Pid, long StartTime)> _released = [];
    private readonly Dictionary<int, long> _known = [];
    private List<ProcStat> _likely = [];
    private int _latest;

    /// <summary>The command, until it was collected and another may get its id; else 0.</summary>
    public int Head { get; set; }

    /// <summary>Those of them that descend from this process no more.</summary>
    public Strays Strays { get; } = new(signs);

    /// <summary>Whether this process has started no other container's command.</summary>
    public static bool IsAlone
    {
        get
        {
            lock (s_gate)
            {
                return s_all.Count <= 1;
            }
        }
    }

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
            foreach (int pid in ProcessTree.Descendants(Libc.GetPid()))
            {
                if (ProcStat.TryRead(pid, out ProcStat stat))
                {
                    _ = _strangers.Add((pid, stat.StartTime));
                }
            }
        }
    }

    /// <summary>Those that can still run, by a look at the whole machine.</summary>
    public HashSet<int> Members()
    {
        _known.Clear();

        // The common end of a command that left nothing. In this order: who has no child left can leave nobody elsewhere either.
        if (!Libc.HasChildren() && !Strays.MayExist())
        {
            return [];
        }

        var newborns = new Newborns();
        Dictionary<int, ProcStat> everything = ProcessTree.Everything();
        int self = Libc.GetPid();
        HashSet<int> found = [];
        foreach (ProcStat stat in everything.Values)
        {
            if (stat.ParentPid == self && !IsForeign(stat))
            {
                _ = found.Add(stat.Pid);
            }
        }

        found.UnionWith(ProcessTree.Descend(everything, found));
        if (Strays.Find(everything, found, newborns) is { Count: > 0 } strays)
        {
            found.UnionWith(strays);
            found.UnionWith(ProcessTree.Descend(everything, strays));
        }

        foreach (int pid in found)
        {
            ProcStat stat = everything[pid];
            Remember(stat);
            if (stat.Runs && pid != self && !IsReleased(stat))
            {
                _known[pid] = stat.StartTime;
            }
        }

        return [.. _known.Keys];
    }

    /// <summary>Those that can still run, by a quicker look that may miss one.</summary>
    /// <param name="isCalled">Asked now and then: whether to leave it at those found so far.</param>
    public IReadOnlyList<ProcStat> LikelyMembers(Func<bool>? isCalled = null)
    {
        if (!Libc.HasChildren())
        {
            return [];
        }

        int latest = Newborns.Latest();
        (List<ProcStat> likely, bool isWhole) = latest != 0 && latest == _latest ? (StillRunning(_likely), true) : Walk(isCalled);
        _likely = likely;
        _latest = isWhole ? latest : 0;
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

        List<int> children = ProcessTree.Children(Libc.GetPid());
        _ = children.RemoveAll(pid => IsForeign(pid) || WasReleased(pid));
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

    /// <summary>Kills strays that no look finds, because each hands on to a child and ends; whether there were any.</summary>
    public bool ChaseStrays() => Strays.Chase(WasReleased);

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

    private (List<ProcStat> Members, bool IsWhole) Walk(Func<bool>? isCalled)
    {
        List<ProcStat> members = [];
        List<int> open = ProcessTree.Children(Libc.GetPid());
        _ = open.RemoveAll(IsForeign);
        for (int i = 0; i < open.Count; i++)
        {
            if (i % AskedEach == AskedEach - 1 && isCalled?.Invoke() == true)
            {
                return (members, false);
            }

            if (!ProcStat.TryRead(open[i], out ProcStat stat))
            {
                continue;
            }

            Remember(stat);
            if (stat.Runs)
            {
                ProcessTree.AddChildren(stat, open);
            }

            if (stat.Runs && !IsReleased(stat))
            {
                members.Add(stat);
            }
        }

        return (members, true);
    }

    private bool IsReleased(in ProcStat stat) => _released.Contains((stat.Pid, stat.StartTime));

    /// <summary>Keeps in mind whose a descendant is where that may be asked once its parent has ended.</summary>
    private void Remember(in ProcStat stat)
    {
        if (_strangers.Count > 0)
        {
            _ = _own.Add((stat.Pid, stat.StartTime));
        }
    }

    private bool IsForeign(int child) => MayBeForeign(child) && ProcStat.TryRead(child, out ProcStat stat) && IsForeign(stat);

    /// <summary>Whether a child of this process is none of the command's.</summary>
    private bool IsForeign(in ProcStat child)
    {
        if (!MayBeForeign(child.Pid))
        {
            return false;
        }

        (int, long) identity = (child.Pid, child.StartTime);
        if (_own.Contains(identity))
        {
            return false;
        }

        if (_strangers.Contains(identity) || IsOfAnother(child.Pid))
        {
            return true;
        }

        // With a mark that it has not from this process itself, some lease below this one has started it.
        bool isOwn = _strangers.Count == 0
            || signs.AreBorneBy(child.Pid)
            || (LeaseMark.LimitOf(child.Pid) is var mark && LeaseMark.IsAny(mark) && mark != LeaseMark.LimitOf(Libc.GetPid()));
        _ = (isOwn ? _own : _strangers).Add(identity);
        return !isOwn;
    }

    private bool MayBeForeign(int child)
    {
        if (child == Head)
        {
            return false;
        }

        lock (s_gate)
        {
            return _strangers.Count > 0 || s_all.Count > 1;
        }
    }

    private bool IsOfAnother(int child)
    {
        lock (s_gate)
        {
            return s_all.Exists(other => other != this && (other.Head == child || other.Bears(child)));
        }
    }

    private bool Bears(int child) => signs.AreBorneBy(child);
}
