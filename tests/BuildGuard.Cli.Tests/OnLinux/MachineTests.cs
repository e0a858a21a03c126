using BuildGuard.Platform.Linux;
using BuildGuard.Preflight;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>The machine as files, so that every kind of container can be had.</summary>
[TestClass]
public sealed class MachineTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    private string Proc => Path.Combine(_sandbox.Root, "proc");

    [TestInitialize]
    public void Machine()
    {
        Write("proc/meminfo", "MemTotal:       16384000 kB\nMemFree:         1000000 kB\nMemAvailable:    8192000 kB\n");
        Write("proc/loadavg", "3.25 2.00 1.00 2/345 6789\n");
        Write("proc/self/cgroup", "0::/\n");
        Write("proc/self/mountinfo", "");
    }

    public void Dispose() => _sandbox.Dispose();

    [TestMethod]
    public void Without_control_groups_the_kernels_figures_count()
    {
        var machine = new LinuxMachine(Proc, _sandbox.Root);
        Assert.AreEqual(16384000L * 1024, machine.Facts().UsableMemoryBytes);
        Assert.AreEqual(Environment.ProcessorCount, machine.Facts().Cores);
        Assert.AreEqual(new MachineState(8192000L * 1024, 3.25, null), machine.Look());
    }

    [TestMethod]
    public void Pressure_is_told_where_the_kernel_tells_it()
    {
        Write("proc/pressure/memory", "some avg10=12.50 avg60=1.00 avg300=0.10 total=1\nfull avg10=3.00 avg60=0.50 avg300=0.00 total=1\n");
        Assert.AreEqual(new MemoryPressure(12.5, 3), new LinuxMachine(Proc, _sandbox.Root).Look().Pressure);
    }

    [TestMethod]
    public void Version_2_in_a_container_with_its_own_namespace()
    {
        Write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n");
        Group("sys/fs/cgroup", "1073741824", "629145600", "anon 1\ninactive_file 104857600\nactive_file 52428800\nslab_reclaimable 0\n");
        AssertMachine(usable: 1L << 30, free: (1L << 30) - 629145600 + 104857600 + 52428800);
    }

    [TestMethod]
    public void The_tightest_group_on_the_way_up_counts()
    {
        Write("proc/self/cgroup", "0::/user.slice/user-1000.slice/app\n");
        Write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        Group("sys/fs/cgroup/user.slice/user-1000.slice/app", "max", "5000", "");
        Group("sys/fs/cgroup/user.slice/user-1000.slice", "4294967296", "4294967296", "inactive_file 4096\n");
        Group("sys/fs/cgroup/user.slice", "8589934592", "4294967296", "");
        AssertMachine(usable: 4L << 30, free: 4096);
    }

    [TestMethod]
    public void Version_1_in_a_container_without_a_namespace()
    {
        Write("proc/self/cgroup", "11:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/docker/abc\n");
        Write("proc/self/mountinfo", "40 30 0:30 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n41 30 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "2147483648\n");
        Write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1073741824\n");
        Write("sys/fs/cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file 1048576\ntotal_active_file 1048576\n");
        AssertMachine(usable: 2L << 30, free: (1L << 30) + (2 << 20));
    }

    [TestMethod]
    public void Version_1_without_a_limit_is_no_limit()
    {
        Write("proc/self/cgroup", "11:memory:/\n");
        Write("proc/self/mountinfo", "40 30 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1073741824\n");
        AssertMachine(usable: 16384000L * 1024, free: 8192000L * 1024);
    }

    [TestMethod]
    public void A_group_that_the_mount_does_not_show_is_the_mount_point_itself()
    {
        Write("proc/self/cgroup", "0::/../../elsewhere\n");
        Write("proc/self/mountinfo", "30 23 0:26 /kubepods/pod1 /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
        Group("sys/fs/cgroup", "1073741824", "0", "");
        AssertMachine(usable: 1L << 30, free: 1L << 30);
    }

    [TestMethod]
    public void More_used_than_allowed_leaves_nothing()
    {
        Write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
        Group("sys/fs/cgroup", "1048576", "2097152", "");
        AssertMachine(usable: 1 << 20, free: 0);
    }

    [TestMethod]
    public void Garbage_is_as_good_as_nothing()
    {
        Write("proc/meminfo", "MemTotal: many\nMemAvailable:\n\0\0\0");
        Write("proc/loadavg", "high\n");
        Write("proc/pressure/memory", "some avg10=\n");
        Write("proc/self/cgroup", ":::\n0:\n\n");
        Write("proc/self/mountinfo", "- cgroup2\n1 2 - cgroup2 x y\n30 23 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
        Write("sys/fs/cgroup/memory.max", "plenty\n");
        MachineState state = new LinuxMachine(Proc, _sandbox.Root).Look();
        Assert.AreEqual(new MachineState(long.MaxValue, null, null), state);
    }

    [TestMethod]
    public void This_machine_has_memory_and_a_load()
    {
        var machine = new LinuxMachine();
        Assert.IsGreaterThan(64L << 20, machine.Facts().UsableMemoryBytes);
        Assert.IsLessThan(1L << 50, machine.Facts().UsableMemoryBytes);
        MachineState state = machine.Look();
        Assert.IsGreaterThan(0, state.FreeMemoryBytes);
        Assert.IsLessThanOrEqualTo(machine.Facts().UsableMemoryBytes, state.FreeMemoryBytes);
        Assert.IsNotNull(state.Load);
    }

    private void AssertMachine(long usable, long free)
    {
        var machine = new LinuxMachine(Proc, _sandbox.Root);
        Assert.AreEqual(usable, machine.Facts().UsableMemoryBytes);
        Assert.AreEqual(free, machine.Look().FreeMemoryBytes);
    }

    private void Group(string directory, string limit, string used, string stat)
    {
        Write(directory + "/memory.max", limit + "\n");
        Write(directory + "/memory.current", used + "\n");
        Write(directory + "/memory.stat", stat);
    }

    private void Write(string path, string content)
    {
        string full = Path.Combine(_sandbox.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }
}
