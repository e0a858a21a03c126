using System.Diagnostics;
using System.Runtime.Versioning;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>Starting is reliable while the runtime is busy with itself.</summary>
[TestClass]
[SupportedOSPlatform("linux")]
public sealed class StartTests
{
    [TestMethod]
    [DataRow(Rung.RootV1)]
    [DataRow(Rung.UserBare)]
    public void AThousandStartsWhileOtherThreadsCollectGarbageAllReturnTheirCode(Rung rung)
    {
        using var stage = new Stage(rung);
        Process taker = stage.Start(Taker.Path, "spawn", "1000");
        string output = taker.StandardOutput.ReadToEnd();
        taker.WaitForExit();

        Assert.AreEqual(0, taker.ExitCode, output);
    }

    [TestMethod]
    [DataRow(Rung.RootV1)]
    [DataRow(Rung.UserBare)]
    public void AnotherThreadWakesTheWait(Rung rung)
    {
        using var stage = new Stage(rung);
        Process taker = stage.Start(Taker.Path, "wake");
        string output = taker.StandardOutput.ReadToEnd();
        taker.WaitForExit();

        Assert.AreEqual("Woken\nNone\n", output);
    }

    [TestMethod]
    public void ARungThatCannotBeHadIsAnErrorThatNamesReasonAndRemedy()
    {
        using var stage = new Stage(Rung.RootV1);
        if (!Directory.Exists("/sys/fs/cgroup/unified"))
        {
            Assert.Inconclusive("needs version 2 mounted without controllers");
        }

        Process shell = stage.Start(
            "/bin/sh", "-c", "BUILDGUARD_CONTAINMENT=cgroupV2 exec " + string.Join(' ', Stage.Run(stage.State, stage.Lease, stage.NextReport(), [], "true")));
        shell.WaitForExit();
        string failure = Stage.Read(stage.File_("report0.json")).GetProperty("failure").GetString()!;

        Assert.AreEqual(125, shell.ExitCode);
        Assert.Contains("BG4002", failure);
        Assert.Contains("memory controller is not available", failure);
        Assert.Contains("Remedy:", failure);
    }

    /// <summary>The same reasons as doctor gives, which asks the same ladder.</summary>
    [TestMethod]
    [DataRow(Rung.UserBare, "", "belongs to another user and is not delegated to this one", "run as root, or have root make a group of this user's in both")]
    [DataRow(
        Rung.RootV1,
        "for mount in $(sed -n 's/^[^ ]* \\(\\/sys\\/fs\\/cgroup[^ ]*\\) .*/\\1/p' /proc/mounts); do mount -o remount,bind,ro $mount || exit; done;",
        "is mounted read-only",
        "start the container with a writable cgroup mount")]
    [DataRow(Rung.RootV1, "umount /sys/fs/cgroup/pids || exit;", "the pids controller is not mounted as version 1", "")]
    [DataRow(Rung.RootV1, "mkdir $HOME/m /sys/fs/cgroup/pids/$S && mount --bind /sys/fs/cgroup/pids/$S $HOME/m && umount /sys/fs/cgroup/pids && mount --bind $HOME/m /sys/fs/cgroup/pids || exit;", "the mounted pids hierarchy does not show the group that this process stands in", "give the container its own cgroup namespace")]
    public void WhyThereIsNoVersion1IsSaid(Rung rung, string before, string reason, string remedy)
    {
        using var stage = new Stage(rung);
        if (!Directory.Exists("/sys/fs/cgroup/pids") || (before.Length > 0 && !File.Exists("/usr/bin/unshare")))
        {
            Assert.Inconclusive("needs version 1 control groups, and unshare (util-linux)");
        }

        string script = before + "BUILDGUARD_CONTAINMENT=cgroupV1 exec " + string.Join(' ', Stage.Run(stage.State, stage.Lease, stage.NextReport(), [], "true"));
        Process shell = stage.Start([.. before.Length > 0 ? (string[])["/usr/bin/unshare", "--mount"] : [], "/bin/sh", "-c", script]);
        string errors = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        if (Directory.Exists("/sys/fs/cgroup/pids/" + stage.Token))
        {
            Directory.Delete("/sys/fs/cgroup/pids/" + stage.Token);
        }

        Assert.AreEqual(125, shell.ExitCode, errors);
        string failure = Stage.Read(stage.File_("report0.json")).GetProperty("failure").GetString()!;

        Assert.Contains("BG4002", failure);
        Assert.Contains(reason, failure);
        Assert.Contains(remedy, failure);
    }
}
