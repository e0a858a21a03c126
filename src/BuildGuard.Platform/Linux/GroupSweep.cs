using BuildGuard.Containment;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// Ends whatever stands in a control group of any lease of one state directory, whatever became of the directory itself:
/// the groups bear its name.
/// </summary>
internal static class GroupSweep
{
    public static IReadOnlyList<EndedProcess> End(LinuxProcessTable table, CgroupName name)
    {
        HashSet<int> spared = ProcessTree.SelfAndAncestors();
        return new TreeEnd(table)
        {
            Find = () => [.. ProcessTree.Everything().Where(process => process.Value.Runs && !spared.Contains(process.Key) && IsMember(process.Key)).Select(process => process.Key)],
            IsMember = IsMember,
            StopFirst = true,
            Proof = 2,
        }.Run();

        // Under the lock "machine" there are other users' too, and they are theirs to end.
        bool IsMember(int pid)
        {
            CgroupMembership groups = CgroupMembership.Of(pid);
            return groups.Contains(name.IsOurs) || (groups.Contains(name.IsMachines) && ProcessUser.Of(pid)?.Real == Libc.GetEUid());
        }
    }
}
