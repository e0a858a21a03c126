using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// What a dead holder left running. A process counts as left by a lease if it stands in a control group that bears the
/// lease's name, if it was born with the lease's id in its environment or with its mark, or if it descends from one that
/// does. Nothing else is believed: a record may be torn or forged.
/// </summary>
/// <remarks>
/// In a directory that users share a ticket may bear the name of somebody else's past lease, of which what it keeps bears the
/// signs still. So of another's lease a group counts if it is that user's, and all that stands in it; any other sign, and descent,
/// only on a process of that user.
/// </remarks>
internal sealed class LeaseProcesses
{
    // How long nobody may be born who bears the mark: several times as long as a process needs to be born, hand on and end.
    private const int QuietMilliseconds = 15;
    private const int ChaseMilliseconds = 100;

    // Without groups nothing else tells of it, and on a busy machine others are born and gone all the time.
    private const int LongChaseMilliseconds = 500;

    private readonly LinuxProcessTable _table;
    private readonly CgroupView _view;
    private readonly CgroupName _name;
    private readonly LeaseId _lease;
    private readonly LeaseSigns _signs;
    private readonly LeaseUser _whose;
    private readonly HashSet<string> _groups = [];

    public LeaseProcesses(LinuxProcessTable table, CgroupView view, CgroupName name, LeaseId lease, string record, LeaseUser whose = default)
    {
        _table = table;
        _view = view;
        _name = name;
        _lease = lease;
        _signs = new LeaseSigns(lease, name);
        _whose = whose;
        string own = name.Of(lease);
        foreach (CgroupMount mount in view.Mounts)
        {
            if (view.BaseDirectoryIn(mount) is { } directory)
            {
                AddGroup($"{directory}/{own}");
            }
        }

        foreach (string path in ContainerRecord.Groups(record))
        {
            bool ours = Path.GetFileName(path) == own
                && Path.GetFullPath(path) == path
                && view.Mounts.Any(mount => path.StartsWith(mount.Path + "/", StringComparison.Ordinal));
            if (ours)
            {
                AddGroup(path);
            }
        }
    }

    /// <summary>Who asks may himself stand in what is to be ended. Looked for only where something is: most look at the groups alone.</summary>
    private HashSet<int> Untouchable => field ??= ProcessTree.SelfAndAncestors();

    /// <summary>The processes that still run.</summary>
    public HashSet<int> Find()
    {
        Dictionary<int, ProcStat> everything = ProcessTree.Everything();
        HashSet<int> found = [];
        foreach (int pid in everything.Keys)
        {
            if (IsMarked(pid))
            {
                AddGroupsOf(pid);
                if (IsTheirs(pid))
                {
                    found.Add(pid);
                }
            }
        }

        foreach (string group in _groups)
        {
            new Cgroup(group).Processes(found);
        }

        found.ExceptWith(Untouchable);
        found.UnionWith(ProcessTree.Descend(everything, found).Where(IsTheirs));
        found.ExceptWith(Untouchable);
        found.RemoveWhere(static pid => !ProcStat.TryRead(pid, out ProcStat stat) || !stat.Runs);
        return found;
    }

    /// <summary>The most memory that their groups held; <c>null</c> if no group keeps it.</summary>
    public long? PeakMemoryBytes() => _groups.Max(PeakMemory.Of);

    /// <summary>Ends them, proves that nothing is left, and removes the groups.</summary>
    public LeftoversEnd End()
    {
        HashSet<int> left = [];

        // Descendants are known by their parents, who may be gone when the signal is sent: what was found stays found.
        HashSet<(int Pid, long StartTime)> known = [];
        IReadOnlyList<EndedProcess> ended = new TreeEnd(_table)
        {
            Find = () =>
            {
                HashSet<int> found = Find();
                if (_whose.IsAnothers)
                {
                    left = [.. found.Where(MayNotBeEnded)];
                    found.ExceptWith(left);
                }

                foreach (int pid in found)
                {
                    if (ProcStat.TryRead(pid, out ProcStat stat))
                    {
                        known.Add((pid, stat.StartTime));
                    }
                }

                return found;
            },
            IsMember = pid => ProcStat.TryRead(pid, out ProcStat stat) && known.Contains((pid, stat.StartTime)),
            Strike = () => Strike(),
            Chase = Chase,
            StopFirst = true,
            Proof = 2,
        }.Run();

        _ = RemoveGroups();
        AbandonedGroups.Remove(_view);
        return new LeftoversEnd(ended, _table.Describe(left));
    }

    /// <summary>Removes their groups; <c>false</c>: somebody is in one.</summary>
    public bool RemoveGroups()
    {
        bool isFree = true;
        foreach (string group in _groups)
        {
            isFree &= new Cgroup(group).Remove() != Errno.EBUSY;
        }

        return isFree;
    }

    /// <summary><c>false</c>: who asks stands in the dead lease's group himself, so it cannot be ended as a whole.</summary>
    private bool Strike()
    {
        HashSet<int> inside = [];
        foreach (string path in _groups)
        {
            var group = new Cgroup(path);
            group.Processes(inside);
        }

        if (inside.Overlaps(Untouchable))
        {
            return false;
        }

        foreach (string path in _groups)
        {
            var group = new Cgroup(path);
            _ = group.Write("pids.max", "0");
            _ = group.Write("cgroup.kill", "1");
        }

        return true;
    }

    /// <summary>
    /// One that hands on to a child and ends sooner than a look takes: the kernel says that a group is not empty though
    /// nobody was seen in it, or a marked one is seen when its number is given out.
    /// </summary>
    private bool Chase()
    {
        bool left = false;
        if (_groups.Count > 0)
        {
            // Who asks from inside keeps a group busy himself.
            left = Strike() && _groups.Any(static path => new Cgroup(path).Remove() == Errno.EBUSY);
        }

        int longest = _groups.Count > 0 ? ChaseMilliseconds : LongChaseMilliseconds;
        return Newborns.Hunt(BearsSign, QuietMilliseconds, longest) || left;
    }

    private bool BearsSign(int pid) => !Untouchable.Contains(pid) && _signs.AreBorneBy(pid) && IsTheirs(pid);

    private bool IsTheirs(int pid) => _whose.Only is not { } user || ProcessUser.Of(pid)?.Real == user;

    private static bool MayNotBeEnded(int pid) => Libc.Kill(pid, 0) != 0 && Libc.LastError == Errno.EPERM;

    private bool IsMarked(int pid) =>
        CgroupMembership.Of(pid).Contains(part => _name.BelongsTo(_lease, part)) || _signs.AreBorneBy(pid);

    private void AddGroupsOf(int pid)
    {
        CgroupMembership membership = CgroupMembership.Of(pid);
        foreach (CgroupMount mount in _view.Mounts)
        {
            // Up to the outermost group that bears a name of this lease.
            string[] parts = membership.GroupIn(mount)?.Split('/') ?? [];
            int named = Array.FindIndex(parts, part => _name.BelongsTo(_lease, part));
            if (named > 0 && mount.DirectoryOf(string.Join('/', parts[..(named + 1)])) is { } directory)
            {
                AddGroup(directory);
            }
        }
    }

    /// <summary>Nobody but its user can have put anything into a group; or root, who may do anything.</summary>
    private bool IsTrusted(string group) => _whose.Only is not { } user
        || (UnixFileApi.Statx(UnixFileApi.AT_FDCWD, group, UnixFileApi.AT_SYMLINK_NOFOLLOW, UnixFileApi.STATX_BASIC_STATS, out UnixFileApi.FileStatus status) == 0
            && status.Uid == user);

    private void AddGroup(string path)
    {
        if (new Cgroup(path).Exists && IsTrusted(path))
        {
            _groups.Add(path);
        }
    }
}
