using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;
using BuildGuard.Watching;

namespace BuildGuard.Platform.Linux;

/// <summary>The unguarded processes that <c>buildguard monitor</c> may end by name, as <c>/proc</c> shows them.</summary>
/// <param name="table">The processes.</param>
public sealed class NamedProcesses(LinuxProcessTable table) : INamedProcesses
{
    private static readonly string[] s_helper = ["buildguard"];
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public IReadOnlyList<NamedSample> Find(IReadOnlyCollection<string> names, IReadOnlySet<int> guarded)
    {
        Dictionary<int, ProcStat> reach = Reach(guarded);
        Dictionary<int, string> named = [];
        foreach ((int pid, ProcStat stat) in reach)
        {
            if (stat.Runs && ProcessNames.FirstOf(stat, names) is { } rule && IsOwn(pid) && LinuxProcessTable.PidNamespaceOf($"/proc/{pid}") == table.Self.PidNamespace)
            {
                named[pid] = rule;
            }
        }

        return [.. named.Where(one => !AncestorsOf(one.Key, reach).Any(named.ContainsKey)).Select(one => SampleOf(reach, one.Key, one.Value)).OfType<NamedSample>()];
    }

    /// <inheritdoc/>
    public bool End(NamedSample sample, IReadOnlySet<int> guarded, TimeSpan grace)
    {
        // Descendants are known by their parents, who may be gone when the signal is sent: what was found stays found.
        HashSet<(int Pid, long StartTime)> known = [];
        List<int> Find()
        {
            Dictionary<int, ProcStat> reach = Reach(guarded);
            List<int> there = known.Count > 0 ? [.. known.Where(one => IsStill(reach, one)).Select(one => one.Pid)] : RootOf(sample, reach);
            List<int> members = MembersOf(reach, there);
            known.UnionWith(members.Select(pid => (pid, reach[pid].StartTime)));
            return members;
        }

        bool IsMember(int pid) => ProcStat.TryRead(pid, out ProcStat stat) && known.Contains((pid, stat.StartTime)) && !IsHelper(stat);

        foreach (int pid in Find())
        {
            if (Target.Take(pid, IsMember) is { } target)
            {
                // A stopped process would not hear the request.
                _ = target.Signal(Libc.SIGTERM);
                _ = target.Signal(Libc.SIGCONT);
                target.Release();
            }
        }

        long start = Environment.TickCount64;
        while (Environment.TickCount64 - start < grace.TotalMilliseconds && Find().Count > 0)
        {
            Thread.Sleep(s_pause);
        }

        _ = new TreeEnd(table) { Find = Find, IsMember = IsMember, StopFirst = true, Proof = 2 }.Run();
        Dictionary<int, ProcStat> everything = ProcessTree.Everything();
        return table.IsAlive(sample.Process) != true && !known.Any(one => IsStill(everything, one));
    }

    /// <summary>
    /// Every process but those that are never touched: what is guarded, helpers of whatever state directory and what descends
    /// from either; whoever those descend from, whose end would be theirs; this program and whom it descends from.
    /// </summary>
    private static Dictionary<int, ProcStat> Reach(IReadOnlySet<int> guarded)
    {
        Dictionary<int, ProcStat> everything = ProcessTree.Everything();
        HashSet<int> inside = [.. guarded, .. everything.Values.Where(IsHelper).Select(static stat => stat.Pid)];
        HashSet<int> spared = [1, .. ProcessTree.SelfAndAncestors(), .. inside, .. ProcessTree.Descend(everything, inside)];
        foreach (int pid in inside)
        {
            spared.UnionWith(AncestorsOf(pid, everything));
        }

        return everything.Values.Where(stat => !stat.IsKernelThread && !spared.Contains(stat.Pid)).ToDictionary(static stat => stat.Pid);
    }

    private List<int> RootOf(NamedSample sample, Dictionary<int, ProcStat> reach) =>
        reach.TryGetValue(sample.Process.Pid, out ProcStat stat) && stat.Runs && table.Identify(stat.Pid) == sample.Process && ProcessNames.FirstOf(stat, [sample.Rule]) is not null
            ? [stat.Pid]
            : [];

    private NamedSample? SampleOf(Dictionary<int, ProcStat> reach, int pid, string rule)
    {
        List<int> members = MembersOf(reach, [pid]);
        return table.Identify(pid) is { } identity && identity.StartTime == reach[pid].StartTime
            ? new NamedSample(identity, reach[pid].Name, rule) { Pids = members, MemoryBytes = members.Sum(member => LinuxProcessTable.MemoryOf(reach[member]).Bytes) }
            : null;
    }

    /// <summary>Those and their descendants that can still run and are this user's, nearest first.</summary>
    private static List<int> MembersOf(Dictionary<int, ProcStat> reach, List<int> roots) =>
        [.. roots.Concat(ProcessTree.Descend(reach, roots)).Where(pid => reach[pid].Runs && IsOwn(pid))];

    private static IEnumerable<int> AncestorsOf(int pid, Dictionary<int, ProcStat> among)
    {
        while (among.TryGetValue(pid, out ProcStat stat) && stat.ParentPid > 0)
        {
            pid = stat.ParentPid;
            yield return pid;
        }
    }

    private static bool IsStill(Dictionary<int, ProcStat> there, (int Pid, long StartTime) one) =>
        there.TryGetValue(one.Pid, out ProcStat stat) && stat.StartTime == one.StartTime && stat.Runs;

    private static bool IsHelper(ProcStat stat) => ProcessNames.FirstOf(stat, s_helper) is not null;

    /// <summary>Also for root: what it allows to be ended is its own, and not what others have named alike.</summary>
    private static bool IsOwn(int pid) => ProcessUser.Of(pid)?.Real == Libc.GetEUid();
}
