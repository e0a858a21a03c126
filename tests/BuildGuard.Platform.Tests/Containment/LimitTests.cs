using System.Runtime.Versioning;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>Limits hold for the whole tree.</summary>
[TestClass]
[SupportedOSPlatform("linux")]
public sealed class LimitTests
{
    private const long Mebibyte = 1024 * 1024;

    public static IEnumerable<object[]> Rungs => Enum.GetValues<Rung>().Select(rung => new object[] { rung });

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void OneThatHoardsMemoryIsEnded(Rung rung)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Shell("tail /dev/zero", "--memory", "100");

        Assert.AreEqual(137, outcome.ExitCode, outcome.ToString());
        Assert.AreEqual("memory", outcome.Breach);
        Assert.IsGreaterThan(90 * Mebibyte, outcome.Report.GetProperty("peakMemory").GetInt64());
        Assert.IsEmpty(stage.Groups());
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void ThreeThatTogetherHoardAreEnded(Rung rung)
    {
        using var stage = new Stage(rung);

        // tail keeps a line without an end in memory: 300 MB each, none of which exceeds the limit alone.
        Outcome outcome = stage.Shell(
            "for i in 1 2 3; do { head -c 300000000 /dev/zero; sleep $S; } | setsid tail & done; wait", "--memory", "512");

        Assert.AreEqual(137, outcome.ExitCode, outcome.ToString());
        Assert.AreEqual("memory", outcome.Breach);
        Assert.IsEmpty(stage.Alive());
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void OneThatStaysBelowRunsThrough(Rung rung)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Shell("head -c 50000000 /dev/zero | tail | wc -c", "--memory", "200", "--processes", "20");

        Assert.AreEqual(0, outcome.ExitCode, outcome.ToString());
        Assert.AreEqual("50000000\n", outcome.Output);
        Assert.IsNull(outcome.Breach);
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void ThePageCacheIsNoCrime(Rung rung)
    {
        using var stage = new Stage(rung);
        string file = stage.File_("large");
        Outcome outcome = stage.Shell($"head -c 300000000 /dev/zero > {file} && cat {file} {file} | wc -c", "--memory", "100");

        Assert.AreEqual(0, outcome.ExitCode, outcome.ToString());
        Assert.AreEqual("600000000\n", outcome.Output);
        Assert.IsLessThan(60 * Mebibyte, outcome.Report.GetProperty("peakMemory").GetInt64());
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void MoreProcessesThanAllowedAreEnded(Rung rung)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Shell("i=0; while [ $i -lt 30 ]; do setsid sleep $S & i=$((i+1)); done; wait", "--processes", "20");

        Assert.AreEqual(137, outcome.ExitCode, outcome.ToString());
        Assert.AreEqual("processes", outcome.Breach);
        Assert.IsEmpty(stage.Alive());
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void ThreadsAreNoProcesses(Rung rung)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Command(["--processes", "3"], Taker.Path, "threads", "50");

        Assert.AreEqual(0, outcome.ExitCode, outcome.ToString());
        Assert.AreEqual("50\n", outcome.Output);
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void OpenFilesAreLimitedSoftlyOrHard(Rung rung)
    {
        using var stage = new Stage(rung);
        string[] soft = stage.Shell("ulimit -n; ulimit -Hn", "--open-files", "333").Output.Split('\n');
        string[] hard = stage.Shell("ulimit -n; ulimit -Hn", "--open-files-hard", "333").Output.Split('\n');

        Assert.AreEqual("333", soft[0]);
        Assert.AreNotEqual("333", soft[1]);
        Assert.AreEqual("333", hard[0]);
        Assert.AreEqual("333", hard[1]);
    }

    [TestMethod]
    public void CpuOfProcessesThatEndedIsCounted()
    {
        using var stage = new Stage(Rung.RootV1);
        Outcome outcome = stage.Shell("head -c 400000000 /dev/zero | sha256sum > /dev/null");

        Assert.IsGreaterThan(100, outcome.Report.GetProperty("cpu").GetInt64(), outcome.ToString());
    }
}
