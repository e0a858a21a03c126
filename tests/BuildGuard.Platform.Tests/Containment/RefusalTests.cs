using System.Diagnostics;
using System.Runtime.Versioning;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>What cannot be done is said, and nothing is run or given on as if it had been done.</summary>
[TestClass]
[SupportedOSPlatform("linux")]
public sealed class RefusalTests
{
    /// <summary>By a program with the set-user-id bit an ordinary user's child becomes one that he may not signal.</summary>
    [TestMethod]
    public void AChildThatBecameRootIsNamedByAnOrdinaryUsersGuard()
    {
        using var stage = new Stage(Rung.UserBare);
        string become = stage.File_("become-root");
        if (Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv"))
        {
            Assert.Inconclusive("needs root and setpriv (util-linux)");
        }

        File.Copy("/usr/bin/setpriv", become);
        File.SetUnixFileMode(become, (UnixFileMode)0x9ED);
        Outcome outcome = stage.Shell(
            $"{become} --reuid=0 --regid=0 --clear-groups sleep $S > /dev/null 2>&1 & n=0; until [ $(stat -c %u /proc/$!) = 0 ]; do n=$((n+1)); [ $n -lt 1000 ] || exit 96; done; exit 0");
        if (outcome.ExitCode == 96)
        {
            Assert.Inconclusive("the set-user-id bit has no effect in the directory for temporary files");
        }

        int left = stage.Alive().Single();
        Assert.AreEqual(125, outcome.ExitCode, outcome.ToString());
        Assert.Contains("BG4003", outcome.Failure!);
        Assert.Contains($"sleep (pid {left}, state S)", outcome.Failure!);

        // Ten seconds of patience, once.
        Assert.IsLessThan(TimeSpan.FromSeconds(19), outcome.Took);
        Processes.Kill(left);
        Stage.Until(() => stage.Alive().Count == 0, "it was ended by root");
        Assert.AreEqual(0, stage.Leftovers("reap", "").GetArrayLength());
    }

    [TestMethod]
    public void AGroupThatMayHaveNoneBelowIsAnErrorThatNamesIt()
    {
        using var stage = new Stage(Rung.RootV1);
        const string hierarchy = "/sys/fs/cgroup/unified";
        string own = hierarchy + File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal))?[3..].TrimEnd('/');
        if (!Directory.Exists(hierarchy) || !Directory.Exists(own))
        {
            Assert.Inconclusive("needs version 2 mounted beside version 1");
        }

        string group = Directory.CreateDirectory($"{own}/full-{stage.Token}").FullName;
        try
        {
            File.WriteAllText(group + "/cgroup.max.descendants", "0");
            string report = stage.NextReport();
            Process shell = stage.Start(
                "/bin/sh", "-c", $"echo 0 > {group}/cgroup.procs; exec {string.Join(' ', Stage.Run(stage.State, stage.Lease, report, [], "touch", stage.File_("ran")))}");
            shell.WaitForExit();
            string failure = Stage.Read(report).GetProperty("failure").GetString()!;

            Assert.AreEqual(125, shell.ExitCode);
            Assert.Contains("BG4004", failure);
            Assert.Contains($"the control group {group}/buildguard-", failure);
            Assert.Contains("cannot be created (resource temporarily unavailable", failure);
            Assert.IsFalse(File.Exists(stage.File_("ran")));
            Assert.IsEmpty(stage.Groups());
        }
        finally
        {
            Directory.Delete(group);
        }
    }

    /// <summary>What is mounted over a hierarchy is not that hierarchy, though the group's directory is there too.</summary>
    [TestMethod]
    [DataRow("pids", "Bare")]
    [DataRow("unified", "CgroupV1")]
    public void AHierarchyThatAnotherIsMountedOverIsNotUsed(string hierarchy, string rung)
    {
        using var stage = new Stage(Rung.RootV1);
        string report = stage.NextReport();
        Process shell = stage.Start(
            "unshare", "--mount", "--propagation", "private", "/bin/sh", "-c",
            $"[ -d /sys/fs/cgroup/{hierarchy} ] && mount --bind /sys/fs/cgroup/freezer /sys/fs/cgroup/{hierarchy} || exit 97; unset BUILDGUARD_CONTAINMENT; exec {string.Join(' ', Stage.Run(stage.State, stage.Lease, report, [], "touch", stage.File_("ran")))}");
        shell.WaitForExit();
        if (shell.ExitCode is 97 or 1)
        {
            Assert.Inconclusive("needs the hierarchies at their usual places, and the right to mount in a namespace of its own");
        }

        Assert.AreEqual(0, shell.ExitCode, Stage.Read(report).ToString());
        Assert.AreEqual(rung, Stage.Read(report).GetProperty("rung").GetString());
        Assert.IsTrue(File.Exists(stage.File_("ran")));
        Assert.IsEmpty(stage.Groups());
    }
}
