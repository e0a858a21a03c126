using System.Runtime.Versioning;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>Whatever a command leaves behind, and however it hides, it is ended before the container is released.</summary>
[TestClass]
[SupportedOSPlatform("linux")]
public sealed class EscapeTests
{
    private static readonly (string Name, string Script)[] s_escapes =
    [
        ("setsid", "setsid sleep $S & exit 0"),
        ("double fork", "( ( sleep $S & ) & ); exit 0"),
        ("nohup", "nohup sleep $S >/dev/null 2>&1 & exit 0"),
        ("no cookie", "env -i setsid sleep $S & exit 0"),
        ("closed stdio", "setsid sleep $S <&- >&- 2>&- & exit 0"),
        ("ignoring SIGTERM", "setsid sh -c 'trap \"\" TERM HUP INT QUIT; while :; do sleep $S; done' & exit 0"),
        ("stopped", "setsid sh -c 'kill -STOP $$; sleep '$S & until grep -q 'State:.*T' /proc/$!/status; do :; done; exit 0"),
        ("many at once", "i=0; while [ $i -lt 40 ]; do setsid sleep $S & i=$((i+1)); done; exit 0"),
    ];

    public static IEnumerable<object[]> Escapes =>
        from rung in Enum.GetValues<Rung>() from escape in s_escapes select new object[] { rung, escape.Name, escape.Script };

    [TestMethod]
    [DynamicData(nameof(Escapes))]
    public void NothingOutlivesTheContainer(Rung rung, string name, string script)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Shell(script);

        Assert.AreEqual(0, outcome.ExitCode, $"{name}: {outcome}");
        Assert.IsTrue(outcome.Empty, outcome.ToString());
        Assert.IsEmpty(stage.Alive(), outcome.ToString());
        Assert.IsEmpty(stage.Groups());
        Assert.IsNotEmpty(outcome.Ended, "what was ended is reported");
    }

    [TestMethod]
    [DataRow(Rung.RootV1)]
    [DataRow(Rung.RootBare)]
    [DataRow(Rung.UserBare)]
    public void AnOrphanOfAnotherSubreaperIsEnded(Rung rung)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Shell(
            $"setsid {Taker.Path} middleman -- sh -c '( setsid sleep $S & ); sleep '$S >/dev/null 2>&1 & until pgrep -f \"^sleep $S\" >/dev/null; do sleep 0.01; done; exit 5");

        Assert.AreEqual(5, outcome.ExitCode, outcome.ToString());
        Assert.IsEmpty(stage.Alive());
        Assert.IsTrue(outcome.Ended.Any(command => command.StartsWith("sleep", StringComparison.Ordinal)), outcome.ToString());
    }

    [TestMethod]
    [DataRow(Rung.RootV1)]
    [DataRow(Rung.RootBare)]
    [DataRow(Rung.UserBare)]
    public void AHydraWhoseEveryGenerationLeavesTheSessionIsEnded(Rung rung)
    {
        using var stage = new Stage(rung);
        string hydra = stage.Script("hydra", "#!/bin/sh\nsetsid env -i sh \"$0\" \"$1\" >/dev/null 2>&1 &\nsetsid env -i sleep \"$1\" >/dev/null 2>&1 &\nsleep 0.05\n");
        Outcome outcome = stage.Shell($"{hydra} $S & sleep 0.5; exit 0");

        Assert.AreEqual(0, outcome.ExitCode, outcome.ToString());
        Assert.IsEmpty(stage.Alive(), outcome.ToString());
        Assert.IsEmpty(stage.Groups());
    }

    [TestMethod]
    [DataRow(Rung.RootV1)]
    [DataRow(Rung.RootBare)]
    [DataRow(Rung.UserBare)]
    public void AForkBombIsStoppedAtTheLimit(Rung rung)
    {
        using var stage = new Stage(rung);

        // Doubles ten times a second: bounded, so that a failing test hurts nobody.
        string bomb = stage.Script("bomb", "#!/bin/sh\nn=${2:-0}; [ $n -lt 9 ] || exec sleep \"$1\"; sleep 0.1\nsh \"$0\" \"$1\" $((n+1)) &\nsh \"$0\" \"$1\" $((n+1)) &\nwait\n");
        Outcome outcome = stage.Command(["--processes", "20"], bomb, stage.Token);

        Assert.AreEqual(137, outcome.ExitCode, outcome.ToString());
        Assert.AreEqual("processes", outcome.Breach);
        Assert.IsEmpty(stage.Alive());
        Assert.IsEmpty(stage.Groups());
    }

    [TestMethod]
    [DataRow(Rung.RootV1)]
    [DataRow(Rung.RootBare)]
    [DataRow(Rung.UserBare)]
    public void AGrandchildThatHoldsTheOutputDelaysNobody(Rung rung)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Shell("echo before; setsid sleep $S & exit 4");

        Assert.AreEqual(4, outcome.ExitCode);
        Assert.AreEqual("before\n", outcome.Output);
        Assert.IsLessThan(TimeSpan.FromSeconds(30), outcome.Took);
    }

    [TestMethod]
    [DataRow(Rung.RootV1)]
    [DataRow(Rung.RootBare)]
    public void AProcessFrozenInAVersion1GroupOfItsOwnIsEnded(Rung rung)
    {
        using var stage = new Stage(rung);
        string group = "/sys/fs/cgroup/freezer/" + stage.Token;
        if (!Directory.Exists("/sys/fs/cgroup/freezer"))
        {
            Assert.Inconclusive("the freezer of version 1 is not mounted");
        }

        Outcome outcome = stage.Shell(
            $"mkdir {group}; setsid sleep $S & echo $! > {group}/cgroup.procs; echo FROZEN > {group}/freezer.state; until grep FROZEN {group}/freezer.state; do :; done");
        Directory.Delete(group);

        Assert.AreEqual(0, outcome.ExitCode, outcome.ToString());
        Assert.Contains("FROZEN", outcome.Output);
        Assert.IsEmpty(stage.Alive());
        Assert.HasCount(1, outcome.Ended);
    }

    [TestMethod]
    public void AFrozenSubgroupOfVersion2IsEndedAndRemoved()
    {
        using var stage = new Stage(Rung.RootV1);
        if (!Directory.Exists("/sys/fs/cgroup/unified"))
        {
            Assert.Inconclusive("version 2 is not mounted beside version 1");
        }

        Outcome outcome = stage.Shell(
            "g=/sys/fs/cgroup/unified$(sed -n 's/^0:://p' /proc/self/cgroup)/inner; mkdir $g; setsid sleep $S & echo $! > $g/cgroup.procs; echo 1 > $g/cgroup.freeze; until grep -q 'frozen 1' $g/cgroup.events; do :; done");

        Assert.AreEqual(0, outcome.ExitCode, outcome.ToString());
        Assert.IsEmpty(stage.Alive());
        Assert.IsEmpty(stage.Groups());
    }

    [TestMethod]
    public void RootThatMovesItselfOutOfTheGroupsIsEndedAsADescendant()
    {
        using var stage = new Stage(Rung.RootV1);
        Outcome outcome = stage.Shell(
            "for h in memory pids unified; do echo $$ > /sys/fs/cgroup/$h/cgroup.procs || exit 9; done; env -i setsid sh -c 'setsid sleep '$S' &' ; exit 0");

        Assert.AreEqual(0, outcome.ExitCode, outcome.ToString());
        Assert.IsEmpty(stage.Alive(), outcome.ToString());
        Assert.HasCount(1, outcome.Ended);
    }
}
