using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>What a holder that was killed in the middle left running is found and ended by the next one.</summary>
[TestClass]
[SupportedOSPlatform("linux")]
public sealed class LeftoverTests
{
    private const string Work = "setsid sh -c 'setsid sleep '$S' & sleep '$S' & wait' & wait";

    public static IEnumerable<object[]> Records =>
        from rung in Enum.GetValues<Rung>()
        from record in new[] { "own", "empty", "garbage", "torn" }
        select new object[] { rung, record };

    [TestMethod]
    [DynamicData(nameof(Records))]
    public void AKilledHoldersTreeIsEndedByAnother(Rung rung, string kind)
    {
        using var stage = new Stage(rung);
        Process taker = stage.Start(Stage.Run(stage.State, stage.Lease, stage.NextReport(), ["--memory", "500"], "/bin/sh", "-c", Work));
        Stage.Until(() => stage.Alive().Count(IsSleep) == 2, "two sleeps run");
        string own = File.ReadAllText(Path.Combine(stage.State, "record"));
        taker.Kill();
        taker.WaitForExit();
        string record = kind switch { "own" => own, "empty" => "", "torn" => own[..(own.Length / 2)], _ => "{\"groups\":[17,null,\"/etc\",\"\\ud800\"" };

        JsonElement found = stage.Leftovers("find", record);
        JsonElement ended = stage.Leftovers("reap", record);

        Assert.IsGreaterThanOrEqualTo(2, found.GetArrayLength(), found.ToString());
        Assert.IsGreaterThanOrEqualTo(2, ended.GetArrayLength(), ended.ToString());
        Assert.IsEmpty(stage.Alive());
        Assert.IsEmpty(stage.Groups());
        Assert.AreEqual(0, stage.Leftovers("reap", record).GetArrayLength(), "a second look finds nothing");
    }

    [TestMethod]
    [DataRow(Rung.RootV1)]
    [DataRow(Rung.RootBare)]
    [DataRow(Rung.UserBare)]
    public void OneThatShedItsEnvironmentAndItsSessionIsFound(Rung rung)
    {
        using var stage = new Stage(rung);
        const string Daemon = "(env -i setsid sh -c 'exec 0</dev/null 1>/dev/null 2>/dev/null 3>&- 4>&-; sleep '$S' & exit' &) & wait; exec sleep $S";
        Process taker = stage.Start(Stage.Run(stage.State, stage.Lease, stage.NextReport(), [], "/bin/sh", "-c", Daemon));
        Stage.Until(() => stage.Alive().Count(IsSleep) == 2, "two sleeps run");
        taker.Kill();
        taker.WaitForExit();

        // The command itself dies with its holder.
        Stage.Until(() => stage.Alive().Count == 1, "the daemon is left alone");
        Assert.AreEqual(1, stage.Leftovers("reap", "").GetArrayLength());
        Assert.IsEmpty(stage.Alive());
        Assert.IsEmpty(stage.Groups());
    }

    /// <summary>Not a promise, but what docs/containment.md says of this rung: here nothing tells any more whose it was.</summary>
    [TestMethod]
    public void OneThatShedItsMarkTooIsNotFoundOnTheBareRung()
    {
        using var stage = new Stage(Rung.UserBare);
        if (!File.Exists("/usr/bin/prlimit"))
        {
            Assert.Inconclusive("needs prlimit (util-linux)");
        }

        const string Daemon = "(env -i setsid prlimit --locks=1234567: sleep '$S' </dev/null >/dev/null 2>&1 &) & wait; exec sleep $S";
        Process taker = stage.Start(Stage.Run(stage.State, stage.Lease, stage.NextReport(), [], "/bin/sh", "-c", Daemon.Replace("'$S'", stage.Token)));
        Stage.Until(() => stage.Alive().Count(IsSleep) == 2, "two sleeps run");
        taker.Kill();
        taker.WaitForExit();

        Stage.Until(() => stage.Alive().Count == 1, "the daemon is left alone");
        Assert.AreEqual(0, stage.Leftovers("reap", "").GetArrayLength());
        Assert.HasCount(1, stage.Alive());
    }

    [TestMethod]
    [DataRow(Rung.RootV1)]
    [DataRow(Rung.UserBare)]
    public void TheCommandItselfDiesWithItsHolder(Rung rung)
    {
        using var stage = new Stage(rung);
        Process taker = stage.Start(Stage.Run(stage.State, stage.Lease, stage.NextReport(), [], "sleep", stage.Token));
        Stage.Until(() => stage.Alive().Any(IsSleep), "the sleep runs");
        taker.Kill();
        taker.WaitForExit();
        Stage.Until(() => stage.Alive().Count == 0, "the sleep is gone");

        _ = stage.Leftovers("reap", "");
        Assert.IsEmpty(stage.Groups());
    }

    [TestMethod]
    [DataRow(Rung.RootV1)]
    [DataRow(Rung.UserBare)]
    public void AnotherLeasesProcessesAreNoneOfOurs(Rung rung)
    {
        using var stage = new Stage(rung);
        string other = stage.Lease + "0";
        Process taker = stage.Start(Stage.Run(stage.State, stage.Lease, stage.NextReport(), [], "/bin/sh", "-c", Work));
        Stage.Until(() => stage.Alive().Count(IsSleep) == 2, "two sleeps run");
        string record = File.ReadAllText(Path.Combine(stage.State, "record"));

        // A lease whose name differs in its last digits, with a record that names the first one's groups.
        string stranger = stage.Lease[..^1] + (stage.Lease[^1] == '0' ? '1' : '0');
        Assert.AreEqual(0, stage.Leftovers("reap", record, stranger).GetArrayLength());
        Assert.AreEqual(0, stage.Leftovers("reap", record, stage.Lease + "/1-00000000").GetArrayLength());
        Assert.AreEqual(2, stage.Alive().Count(IsSleep), other);
    }

    [TestMethod]
    [DataRow(Rung.RootV1)]
    [DataRow(Rung.UserBare)]
    public void LeasesBelowADeadOneAreEndedWithIt(Rung rung)
    {
        using var stage = new Stage(rung);
        string below = stage.Lease + "/7-00000007";
        Process taker = stage.Start(Stage.Run(stage.State, below, stage.NextReport(), [], "/bin/sh", "-c", Work));
        Stage.Until(() => stage.Alive().Count(IsSleep) == 2, "two sleeps run");
        taker.Kill();
        taker.WaitForExit();

        Assert.IsGreaterThanOrEqualTo(2, stage.Leftovers("reap", "").GetArrayLength());
        Assert.IsEmpty(stage.Alive());
        Assert.IsEmpty(stage.Groups());
    }

    [TestMethod]
    public void EmptyGroupsWhoseStateDirectoryIsGoneAreRemovedWhenTheyAreOld()
    {
        using var stage = new Stage(Rung.RootV1);
        string root = Processes.OwnGroup("pids"), token = stage.Lease[^8..];
        string[] old = [$"{root}/buildguard-00000000-user.1-{token}", $"{root}/buildguard-00000000-user.1-{token}/below"];
        string young = $"{root}/buildguard-00000000-user.2-{token}", stranger = $"{root}/other-{token}";
        try
        {
            foreach (string group in (string[])[.. old, young, stranger])
            {
                Directory.CreateDirectory(group);
            }

            DateTime longAgo = DateTime.UtcNow - TimeSpan.FromHours(1);
            Directory.SetLastWriteTimeUtc(stranger, longAgo);
            Directory.SetLastWriteTimeUtc(old[0], longAgo);

            _ = stage.Leftovers("reap", "");

            Assert.IsFalse(Directory.Exists(old[0]));
            Assert.IsTrue(Directory.Exists(young));
            Assert.IsTrue(Directory.Exists(stranger));
        }
        finally
        {
            foreach (string group in (string[])[young, stranger, .. old.Reverse()])
            {
                if (Directory.Exists(group))
                {
                    Directory.Delete(group);
                }
            }
        }
    }

    private static bool IsSleep(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim() == "sleep";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
