using System.Diagnostics;
using System.Runtime.Versioning;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>Containers in containers.</summary>
[TestClass]
[SupportedOSPlatform("linux")]
public sealed class NestingTests
{
    public static IEnumerable<object[]> Rungs => Enum.GetValues<Rung>().Select(rung => new object[] { rung });

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void ThreeDeepTheInnermostExitCodeComesOut(Rung rung)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Command(["--memory", "900"], Deep(stage, [], "echo $BUILDGUARD_LEASE; setsid sleep $S & exit 7"));

        Assert.AreEqual(7, outcome.ExitCode, outcome.ToString());
        Assert.AreEqual($"{stage.Lease}/2-00000002/3-00000003\n", outcome.Output);
        Assert.IsEmpty(outcome.Ended, "the innermost ended what was left, so the outer had nothing to do");
        Assert.IsEmpty(stage.Alive());
        Assert.IsEmpty(stage.Groups());
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void AnInnerLimitEndsTheInnerOnly(Rung rung)
    {
        using var stage = new Stage(rung);
        string inner = string.Join(' ', Stage.Run(stage.State, stage.Lease + "/2-00000002", stage.NextReport(), ["--memory", "60"], "tail", "/dev/zero"));
        Outcome outcome = stage.Shell($"{inner}; echo inner $?; exit 3", "--memory", "900");

        Assert.AreEqual("inner 137\n", outcome.Output);
        Assert.AreEqual(3, outcome.ExitCode, outcome.ToString());
        Assert.IsNull(outcome.Breach);
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void AnOuterLimitHoldsForAllThatIsInside(Rung rung)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Command(["--memory", "300"], Deep(stage, ["--memory", "800"], "tail /dev/zero"));

        Assert.AreEqual(137, outcome.ExitCode, outcome.ToString());
        Assert.IsEmpty(stage.Alive());
        Assert.IsEmpty(stage.Groups());
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void WhatAKilledInnerHolderLeftIsEndedByTheOuter(Rung rung)
    {
        using var stage = new Stage(rung);
        string inner = string.Join(' ', Stage.Run(stage.State, stage.Lease + "/2-00000002", stage.NextReport(), [], "/bin/sh", "-c", "'setsid sleep $S & wait'"));
        Outcome outcome = stage.Shell($"{inner} & until pgrep -f \"^sleep $S\" >/dev/null; do sleep 0.01; done; kill -9 $!; exit 0");

        Assert.AreEqual(0, outcome.ExitCode, outcome.ToString());
        Assert.IsEmpty(stage.Alive());
        Assert.IsEmpty(stage.Groups());
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void TenTimesInARowNothingIsLeft(Rung rung)
    {
        using var stage = new Stage(rung);
        for (int i = 0; i < 10; i++)
        {
            Outcome outcome = stage.Shell("setsid sleep $S & exit 0", "--memory", "300", "--processes", "20");
            Assert.AreEqual(0, outcome.ExitCode, outcome.ToString());
        }

        Assert.IsEmpty(stage.Alive());
        Assert.IsEmpty(stage.Groups());
    }

    private static string[] Deep(Stage stage, string[] options, string script) => Stage.Run(
        stage.State,
        stage.Lease + "/2-00000002",
        stage.NextReport(),
        options,
        Stage.Run(stage.State, stage.Lease + "/2-00000002/3-00000003", stage.NextReport(), options, "/bin/sh", "-c", script));
}
