using System.Runtime.Versioning;
using BuildGuard.Containment;
using BuildGuard.Platform.Linux;
using BuildGuard.Platform.Linux.Cgroups;

namespace BuildGuard.Platform.Tests.Rungs;

/// <summary>Why a rung cannot be had, for reasons that this machine does not have: the hierarchies are directories of the test's own.</summary>
[TestClass]
[SupportedOSPlatform("linux")]
public sealed class LadderTests
{
    private const int EACCES = 13;
    private const int EROFS = 30;

    [TestMethod]
    public void VersionTwoThatIsNotMounted() => Refuses(
        Rung.CgroupV2, "", "0::/\n", "cgroup version 2 is not mounted", "boot with systemd.unified_cgroup_hierarchy=1, or mount -t cgroup2");

    [TestMethod]
    public void VersionTwoWhoseMountDoesNotShowTheOwnGroup() => Refuses(
        Rung.CgroupV2,
        "30 23 0:26 /other ROOT/v2 rw - cgroup2 cgroup2 rw\n",
        "0::/own\n",
        "the mounted cgroup2 hierarchy does not show the group that this process stands in",
        "give the container its own cgroup namespace");

    [TestMethod]
    [DataRow("cpu pids", "memory")]
    [DataRow("cpu memory", "pids")]
    [DataRow("", "memory")]
    public void AControllerThatIsNotDelegated(string controllers, string missing) => Refuses(
        Rung.CgroupV2,
        "30 23 0:26 / ROOT/v2 rw - cgroup2 cgroup2 rw\n",
        "0::/own\n",
        $"the {missing} controller is not available in ROOT/v2/own",
        "boot without version 1 controllers (systemd.unified_cgroup_hierarchy=1), and delegate memory and pids (Delegate=memory pids)",
        ("v2/own/cgroup.controllers", controllers + "\n"));

    [TestMethod]
    public void AGroupThatHoldsOthers() => Refuses(
        Rung.CgroupV2,
        "30 23 0:26 / ROOT/v2 rw - cgroup2 cgroup2 rw\n",
        "0::/own\n",
        "ROOT/v2/own holds other processes, and a group that holds processes cannot hand controllers on to groups below it (EBUSY)",
        "start the work alone in a delegated group: systemd-run --user --scope -p Delegate=yes -- COMMAND; in a container, move the processes to a group of their own first",
        ("v2/own/cgroup.controllers", "memory pids\n"),
        ("v2/own/cgroup.subtree_control", "\n"),
        ("v2/own/cgroup.procs", "1\n"),
        ("v2/own/cgroup.type", "domain\n"));

    [TestMethod]
    public void AGroupWithoutTheFilesOfOne() => Refuses(
        Rung.CgroupV2,
        "30 23 0:26 / ROOT/v2 rw - cgroup2 cgroup2 rw\n",
        "0::/own\n",
        "ROOT/v2/own cannot be written (no such file or directory)",
        "",
        ("v2/own/cgroup.controllers", "memory pids\n"));

    [TestMethod]
    public void AControllerThatIsNotOfVersionOne() => Refuses(
        Rung.CgroupV1, "30 23 0:26 / ROOT/cpu rw - cgroup cgroup rw,cpu\n", "2:cpu:/\n", "the memory controller is not mounted as version 1", "");

    [TestMethod]
    public void VersionOneWhoseMountDoesNotShowTheOwnGroup() => Refuses(
        Rung.CgroupV1,
        "30 23 0:26 /other ROOT/memory rw - cgroup cgroup rw,memory\n",
        "2:memory:/own\n",
        "the mounted memory hierarchy does not show the group that this process stands in",
        "mount the hierarchy's root, or give the container its own cgroup namespace");

    [TestMethod]
    [DataRow(EROFS, Rung.CgroupV2, "/g is mounted read-only", "start the container with a writable cgroup mount")]
    [DataRow(EROFS, Rung.CgroupV1, "/g is mounted read-only", "start the container with a writable cgroup mount")]
    [DataRow(EACCES, Rung.CgroupV1, "/g belongs to another user and is not delegated to this one", "run as root, or have root make a group of this user's in both the memory and the pids hierarchy (mkdir, chown -R) and start the work in it")]
    [DataRow(EACCES, Rung.CgroupV2, "/g belongs to another user and is not delegated to this one", "run as root, or ")]
    public void AGroupThatCannotBeWritten(int error, Rung rung, string reason, string remedy)
    {
        Assert.AreEqual(reason, Ladder.WhyNotWritable("/g", error));
        Assert.StartsWith(remedy, Ladder.RemedyForWriting(error, rung));
        Assert.AreEqual(error == EACCES && rung == Rung.CgroupV2 && Directory.Exists("/run/systemd/system"), Ladder.RemedyForWriting(error, rung).Contains("systemd-run", StringComparison.Ordinal));
    }

    /// <summary>Climbs down where the hierarchies are so, and compares why the rung was refused.</summary>
    private static void Refuses(Rung rung, string mounts, string membership, string reason, string remedy, params (string File, string Text)[] files)
    {
        string root = Directory.CreateTempSubdirectory("buildguard-ladder-").FullName;
        try
        {
            foreach ((string file, string text) in (IEnumerable<(string, string)>)[("self/mountinfo", mounts.Replace("ROOT", root, StringComparison.Ordinal)), ("self/cgroup", membership), .. files])
            {
                string path = Path.Combine(root, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }

            RungRefusal refusal = Ladder.Descend(rung, CgroupView.Read(root)).Refusals.Single(one => one.Rung == rung);
            Assert.AreEqual(reason.Replace("ROOT", root, StringComparison.Ordinal), refusal.Reason);
            Assert.AreEqual(remedy, refusal.Remedy);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
