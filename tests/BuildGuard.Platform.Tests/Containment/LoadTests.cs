using System.Runtime.Versioning;
using BuildGuard.Platform.Linux;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>Loads by others: stress-ng(1), which restarts workers that are killed and names its processes as it likes.</summary>
[TestClass]
[SupportedOSPlatform("linux")]
public sealed class LoadTests
{
    private static readonly string[] s_short = ["--timeout", "3", "--quiet"];

    public static IEnumerable<object[]> Rungs => Enum.GetValues<Rung>().Select(rung => new object[] { rung });

    [TestInitialize]
    public void RequireStressNg()
    {
        if (!File.Exists("/usr/bin/stress-ng"))
        {
            Assert.Inconclusive("stress-ng is not installed (Debian: apt-get install stress-ng)");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void MappedMemoryReachesTheLimit(Rung rung) => Reaches("memory", rung, ["--memory", "200"], "--vm", "2", "--vm-bytes", "800M", "--vm-keep", "--vm-populate");

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void AGrowingHeapReachesTheLimit(Rung rung) => Reaches("memory", rung, ["--memory", "200"], "--bigheap", "1", "--bigheap-growth", "1M");

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void ManyProcessesReachTheLimit(Rung rung) => Reaches("processes", rung, ["--processes", "20"], "--switch", "40");

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void DaemonsThatBearDaemonsAreAllEnded(Rung rung) => RunsThrough(rung, "--daemon", "2");

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void ProcessesThatComeAndGoRunThrough(Rung rung) => RunsThrough(rung, "--fork", "2");

    private static void Reaches(string limit, Rung rung, string[] options, params string[] load)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Command(options, ["/usr/bin/stress-ng", "--temp-path", stage.State, "--timeout", "60", "--quiet", .. load]);

        Assert.AreEqual(137, outcome.ExitCode, outcome.ToString());
        Assert.AreEqual(limit, outcome.Breach);
        IsGone(stage);
    }

    private static void RunsThrough(Rung rung, params string[] load)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Command(["--memory", "2000"], ["/usr/bin/stress-ng", "--temp-path", stage.State, .. s_short, .. load]);

        Assert.AreEqual(0, outcome.ExitCode, outcome.ToString());
        Assert.IsNull(outcome.Breach);
        IsGone(stage);
    }

    private static void IsGone(Stage stage)
    {
        Assert.IsEmpty(stage.Groups());
        Assert.IsEmpty(Directory.GetDirectories("/proc")
            .Where(directory => int.TryParse(Path.GetFileName(directory), out int pid)
                && ProcStat.TryRead(pid, out ProcStat stat) && stat.Runs && stat.Name.StartsWith("stress-ng", StringComparison.Ordinal)));
    }
}
