using System.Text;
using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// Whatever runs for any lease of one state directory, whatever became of the directory itself: it stands in a control group that
/// bears the directory's name, or was born with a lease's mark, which is made from that name too.
/// </summary>
/// <remarks>
/// A mark does not tell whose it is. One process that still has the lease's variable does: only the right name of the directory makes that
/// mark of it. The mark is then known on all that bear it.
/// </remarks>
internal sealed class LeaseSweep(LinuxProcessTable table, CgroupName name)
{
    private readonly HashSet<int> _spared = ProcessTree.SelfAndAncestors();
    private readonly HashSet<long> _marks = [];

    /// <summary>Those that run now.</summary>
    public IReadOnlyList<ProcessRow> Find() => table.Describe(Look());

    /// <summary>Ends them, and proves that none is left.</summary>
    public IReadOnlyList<EndedProcess> End() => new TreeEnd(table)
    {
        Find = Look,
        IsMember = IsMember,
        StopFirst = true,
        Proof = 2,
    }.Run();

    private List<int> Look()
    {
        int[] running = [.. ProcessTree.Everything().Values.Where(stat => stat.Runs && !_spared.Contains(stat.Pid)).Select(static stat => stat.Pid)];
        foreach (int pid in running)
        {
            NoteMark(pid);
        }

        return [.. running.Where(IsMember)];
    }

    // Under the lock "machine" there are other users' too, and they are theirs to end.
    private bool IsMember(int pid)
    {
        CgroupMembership groups = CgroupMembership.Of(pid);
        return groups.Contains(name.IsOurs) || (groups.Contains(name.IsMachines) && IsOwn(pid))
            || (_marks.Contains(LeaseMark.LimitOf(pid)) && IsOwn(pid));
    }

    private void NoteMark(int pid)
    {
        if (LeaseMark.LimitOf(pid) is var limit && LeaseMark.IsAny(limit) && !_marks.Contains(limit)
            && LeaseOf(pid) is { } lease && LeaseMark.Of(lease, name).Is(limit))
        {
            _ = _marks.Add(limit);
        }
    }

    private static LeaseId? LeaseOf(int pid)
    {
        ReadOnlySpan<byte> wanted = "BUILDGUARD_LEASE="u8;
        ReadOnlySpan<byte> environment = ProcFile.ReadAll($"/proc/{pid}/environ");
        foreach (Range range in environment.Split((byte)0))
        {
            ReadOnlySpan<byte> entry = environment[range];
            if (entry.StartsWith(wanted))
            {
                return LeaseId.TryParse(Encoding.UTF8.GetString(entry[wanted.Length..]), out LeaseId lease) ? lease : null;
            }
        }

        return null;
    }

    private static bool IsOwn(int pid) => ProcessUser.Of(pid)?.Real == Libc.GetEUid();
}
