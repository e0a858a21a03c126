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
        // The common end of a command that left nothing: one system call says so.
        return Libc.HasChildren() ? Running(ProcessTree.Scan(Libc.GetPid())) : [];
    }

    /// <summary>Those that can still run, by a quicker look that may miss one.</summary>
    public HashSet<int> LikelyMembers() => Libc.HasChildren() ? Running(ProcessTree.Descendants(Libc.GetPid())) : [];

    /// <summary>Whether a process is one of them.</summary>
    public bool Contains(int pid) => IsOurs(pid, Foreign()) && DescendsFromSelf(pid);

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

    private HashSet<int> Running(List<int> descendants)
    {
        HashSet<int> foreign = Foreign();
        if (foreign.Count > 0)
        {
            foreign.UnionWith(foreign.SelectMany(ProcessTree.Descendants).ToArray());
        }

        HashSet<int> members = [];
        foreach (int pid in descendants)
        {
            if (IsOurs(pid, foreign))
            {
                members.Add(pid);
            }
        }

        return members;
    }

    private bool IsOurs(int pid, HashSet<int> foreign) =>
        !foreign.Contains(pid)
        && ProcStat.TryRead(pid, out ProcStat stat)
        && stat.Runs
        && !_released.Contains((pid, stat.StartTime));

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

    private static bool DescendsFromSelf(int pid)
    {
        int self = Libc.GetPid();
        for (int depth = 0; depth < 4096 && ProcStat.TryRead(pid, out ProcStat stat); depth++)
        {
            if (stat.ParentPid == self)
            {
                return true;
            }

            if (stat.ParentPid <= 1)
            {
                return false;
            }

            pid = stat.ParentPid;
        }

        return false;
    }
}
