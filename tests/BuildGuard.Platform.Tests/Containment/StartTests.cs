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
}
