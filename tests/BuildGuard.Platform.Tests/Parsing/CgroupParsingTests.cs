using BuildGuard.Leases;
using BuildGuard.Platform.Linux;
using BuildGuard.Platform.Linux.Cgroups;

namespace BuildGuard.Platform.Tests.Parsing;

[TestClass]
public sealed class CgroupParsingTests
{
    private const string Hybrid =
        """
        30 22 0:27 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        31 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 master:2 - cgroup cgroup rw,cpu,cpuacct
        34 30 0:31 /docker/abc /sys/fs/cgroup/memory ro,relatime - cgroup cgroup rw,memory
        40 30 0:37 / /sys/fs/with\040space rw,relatime - cgroup2 cgroup2 rw,nsdelegate
        41 30 0:38 / /sys/fs/cgroup/systemd rw - cgroup systemd rw,xattr,name=systemd
        nonsense - cgroup
        """;

    private const string Membership = "5:memory:/docker/abc/inner\n3:cpu,cpuacct:/\n1:name=systemd:/init\n0::/user:odd/x\n\nbad line\n";

    [TestMethod]
    public void MountsOfBothVersionsAreFound()
    {
        List<CgroupMount> mounts = CgroupMount.Parse(Hybrid);

        Assert.HasCount(4, mounts);
        Assert.IsTrue(mounts[0].Has("cpuacct"));
        Assert.IsFalse(mounts[0].Has("cpua"));
        Assert.AreEqual("/sys/fs/with space", mounts[2].Path);
        Assert.IsTrue(mounts[2].Unified);
    }

    [TestMethod]
    public void AGroupIsFoundThroughABindMount()
    {
        CgroupMount memory = CgroupMount.Parse(Hybrid)[1];

        Assert.AreEqual("/sys/fs/cgroup/memory", memory.DirectoryOf("/docker/abc"));
        Assert.AreEqual("/sys/fs/cgroup/memory/inner", memory.DirectoryOf("/docker/abc/inner"));
        Assert.IsNull(memory.DirectoryOf("/docker/abcd"));
        Assert.IsNull(memory.DirectoryOf("/"));
    }

    [TestMethod]
    public void TheGroupOfEachHierarchyIsKnown()
    {
        List<CgroupMount> mounts = CgroupMount.Parse(Hybrid);
        CgroupMembership membership = CgroupMembership.Parse(Membership);

        Assert.AreEqual("/docker/abc/inner", membership.GroupIn(mounts[1]));
        Assert.AreEqual("/", membership.GroupIn(mounts[0]));
        Assert.AreEqual("/user:odd/x", membership.GroupIn(mounts[2]));
        Assert.AreEqual("/init", membership.GroupIn(mounts[3]));
        Assert.IsTrue(membership.Contains(part => part == "inner"));
        Assert.IsFalse(membership.Contains(part => part == "inn"));
    }

    /// <summary>The kernel escapes line feeds in names, and no other end of a line.</summary>
    [TestMethod]
    [DataRow("\r")]
    [DataRow("\f")]
    [DataRow("\u0085")]
    [DataRow("\u2028")]
    public void ANameCannotForgeALine(string end)
    {
        List<CgroupMount> mounts = CgroupMount.Parse(
            $"50 22 0:9 / /home/me/{end}31 30 0:28 / /forged rw - cgroup2 cgroup2 rw rw - tmpfs tmpfs rw\n{Hybrid}");
        CgroupMembership membership = CgroupMembership.Parse($"5:memory:/mine{end}0::/forged\n0::/real\n");

        Assert.DoesNotContain(m => m.Path == "/forged", mounts);
        Assert.AreEqual("/real", membership.GroupIn(mounts.Find(m => m.Unified)!));
    }

    [TestMethod]
    public void ANameBelongsToItsLeaseAndThoseAbove()
    {
        var naming = new CgroupName("/var/state/");
        LeaseId lease = Lease("user/12-9f3a77b0");
        string below = naming.Of(Lease("user/12-9f3a77b0/3-01c2d4e5"));

        Assert.AreEqual(naming.Of(lease), new CgroupName("/var/state").Of(lease));
        Assert.AreNotEqual(naming.Of(lease), new CgroupName("/var/other").Of(lease));
        Assert.IsTrue(naming.BelongsTo(lease, naming.Of(lease)));
        Assert.IsTrue(naming.BelongsTo(lease, below));
        Assert.IsFalse(naming.BelongsTo(Lease("user/12-9f3a77b1"), naming.Of(lease)));
        Assert.IsFalse(naming.BelongsTo(Lease("user/12-9f3a77b0/3-01c2d4e5"), naming.Of(lease)));
    }

    /// <summary>One who ends everything of his directory ends nothing of his neighbour's.</summary>
    [TestMethod]
    public void State_directories_that_differ_in_their_last_letter_have_names_of_their_own()
    {
        LeaseId lease = Lease("user/12-9f3a77b0");
        string[] names = [.. Enumerable.Range(1, 200).Select(i => new CgroupName($"/var/state/{i}").Of(lease))];
        Assert.HasCount(names.Length, names.Distinct());
    }

    /// <summary>Whoever comes next under the lock machine, with a state directory of his own, finds what another user's killed holder left.</summary>
    [TestMethod]
    public void EveryUserCallsALeaseOfTheMachinesLockTheSame()
    {
        var one = new CgroupName("/home/one/state", "/var/machine");
        var two = new CgroupName("/home/two/state", "/var/machine");
        LeaseId machine = Lease("machine/12-9f3a77b0");

        Assert.AreEqual(one.Of(machine), two.Of(machine));
        Assert.AreEqual(LeaseMark.Of(machine, one), LeaseMark.Of(machine, two));
        Assert.IsTrue(two.IsMachines(one.Of(machine)));
        Assert.IsFalse(two.IsOurs(one.Of(machine)));
        Assert.AreNotEqual(one.Of(Lease("user/12-9f3a77b0")), two.Of(Lease("user/12-9f3a77b0")));
        Assert.IsFalse(two.IsMachines(one.Of(Lease("user/12-9f3a77b0"))));
    }

    [TestMethod]
    public void AHoldersScopeIsNoGroupOfItsLease()
    {
        var naming = new CgroupName("/var/state");
        LeaseId lease = Lease("user/12-9f3a77b0");
        string scope = naming.ScopeOf(lease);

        Assert.IsFalse(naming.BelongsTo(lease, scope), scope);
        Assert.IsTrue(CgroupName.IsScope(scope));
        Assert.IsFalse(CgroupName.IsLeases(scope));
        Assert.IsFalse(CgroupName.IsScope(naming.Of(lease)));
        Assert.IsTrue(CgroupName.IsLeases(naming.Of(lease)));
    }

    [TestMethod]
    public void ADeepLeaseHasANameThatAFileSystemTakes()
    {
        LeaseId lease = Lease("user/1-00000000" + string.Concat(Enumerable.Repeat("/1-00000001", 60)));
        string name = new CgroupName("/var/state").Of(lease);

        Assert.IsLessThanOrEqualTo(255, new CgroupName("/var/state").ScopeOf(lease).Length);
        Assert.AreNotEqual(name, new CgroupName("/var/state").Of(lease.Child(new TicketName(1, 1))));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("null")]
    [DataRow("[]")]
    [DataRow("{\"groups\":{}}")]
    [DataRow("{\"groups\":[1,null,{}]}")]
    [DataRow("{\"groups\":[\"/x\"")]
    [DataRow("\0\0\0\0")]
    public void GarbageInARecordNamesNoGroup(string record) => Assert.IsEmpty(ContainerRecord.Groups(record));

    [TestMethod]
    public void ARecordIsReadBack() => Assert.AreSequenceEqual(
        ["/a/ü", "/b"], ContainerRecord.Groups(ContainerRecord.Write(BuildGuard.Containment.Rung.CgroupV1, ["/a/ü", "/b"])));

    /// <summary>A list that is read only in part ends in the middle of a number, which is another process's.</summary>
    [TestMethod]
    [DataRow(10)]
    [DataRow(1000)]
    [DataRow(100_000)]
    public void AGlanceAtALongListShowsNobodyElse(int first)
    {
        string directory = Directory.CreateTempSubdirectory("buildguard-group-").FullName;
        try
        {
            HashSet<int> all = [.. Enumerable.Range(first, 2000).Select(number => number * 7)];
            File.WriteAllText(directory + "/cgroup.procs", string.Concat(all.Select(pid => $"{pid}\n")));
            string below = Directory.CreateDirectory(directory + "/below").FullName;
            File.WriteAllText(below + "/cgroup.procs", "5\n");

            HashSet<int> some = [];
            new Cgroup(directory).SomeProcesses(some, 64);
            Assert.IsGreaterThanOrEqualTo(64, some.Count);
            Assert.IsTrue(some.IsProperSubsetOf(all), string.Join(' ', some.Except(all)));

            HashSet<int> everybody = [];
            new Cgroup(directory).SomeProcesses(everybody, 100_000);
            Assert.Contains(5, everybody);
            everybody.Clear();
            new Cgroup(directory).Processes(everybody);
            Assert.IsTrue(everybody.SetEquals(all.Append(5)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static LeaseId Lease(string text) =>
        LeaseId.TryParse(text, out LeaseId id) ? id : throw new ArgumentException(text);
}
