using System.Diagnostics;
using System.Runtime.Versioning;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>Memory that is taken in other ways than by a C program's heap.</summary>
[TestClass]
[SupportedOSPlatform("linux")]
public sealed class MemoryLoadTests
{
    private const long Mebibyte = 1024 * 1024;
    private const string Limit = "200";

    // A heap's own limit, which .NET sets below that of the group, would be reached first: the guard's own way around it.
    private const string HeapAboveTheLimit = "DOTNET_GCHeapHardLimit=0x20000000";

    public static IEnumerable<object[]> Rungs => Enum.GetValues<Rung>().Select(rung => new object[] { rung });

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void DotnetReachesTheLimit(Rung rung) => Reaches(rung, "/usr/bin/env", HeapAboveTheLimit, Taker.Path, "hoard");

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void NodeReachesTheLimit(Rung rung) => Reaches(
        rung, Program("node", "nodejs"), "-e", "const all = []; const more = () => { all.push(Buffer.alloc(1 << 20, 1)); setImmediate(more); }; more()");

    /// <summary>A heap that is asked for, since a JVM would else take a part of the group's limit; touched at once, so no program is needed.</summary>
    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void AJvmReachesTheLimit(Rung rung) => Reaches(
        rung, Program("java", "default-jre-headless"), "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch", "-version");

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void MemoryThatWasSwappedOutCounts(Rung rung)
    {
        using var stage = new Stage(rung);
        using var swap = new SwapFile(stage.File_("swap"), 512);
        Outcome outcome = stage.Shell("head -c 400000000 /dev/zero | tail", "--memory", Limit);

        Assert.AreEqual(137, outcome.ExitCode, outcome.ToString());
        Assert.AreEqual("memory", outcome.Breach);
    }

    [TestMethod]
    public void AFileInMemoryCountsWhereTheKernelCounts()
    {
        using var stage = new Stage(Rung.RootV1);
        string file = FileInMemory(stage);
        try
        {
            Outcome outcome = stage.Shell($"head -c 600000000 /dev/zero > {file}", "--memory", Limit);

            Assert.AreEqual(137, outcome.ExitCode, outcome.ToString());
            Assert.AreEqual("memory", outcome.Breach);
            Assert.IsTrue(File.Exists(file), "it is not the guard's to remove");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Not a promise, but what docs/containment.md says of this rung: such a file belongs to no process.</summary>
    [TestMethod]
    [DataRow(Rung.RootBare)]
    [DataRow(Rung.UserBare)]
    public void AFileInMemoryIsNotSeenByLookingAtProcesses(Rung rung)
    {
        using var stage = new Stage(rung);
        string file = FileInMemory(stage);
        try
        {
            Outcome outcome = stage.Shell($"head -c 600000000 /dev/zero > {file}", "--memory", Limit);

            Assert.AreEqual(0, outcome.ExitCode, outcome.ToString());
            Assert.IsNull(outcome.Breach);
            Assert.IsLessThan(200 * Mebibyte, outcome.Report.GetProperty("peakMemory").GetInt64());
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Reaches(Rung rung, params string[] command)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Command(["--memory", Limit], command);

        Assert.AreEqual(137, outcome.ExitCode, outcome.ToString());
        Assert.AreEqual("memory", outcome.Breach);
        Assert.IsTrue(outcome.Empty);
        Assert.IsEmpty(stage.Groups());
    }

    private static string FileInMemory(Stage stage)
    {
        var shared = new DriveInfo("/dev/shm");
        if (!shared.IsReady || shared.DriveFormat != "tmpfs" || shared.AvailableFreeSpace < 700 * Mebibyte)
        {
            Assert.Inconclusive("needs a tmpfs with 700 MB of room at /dev/shm");
        }

        return "/dev/shm/" + stage.Token;
    }

    private static string Program(string name, string package)
    {
        string? path = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        if (path is null)
        {
            Assert.Inconclusive($"needs {name}: apt-get install {package}");
        }

        return path;
    }

    /// <summary>Room to swap to, for as long as a test takes.</summary>
    private sealed class SwapFile : IDisposable
    {
        private readonly string _file;

        public SwapFile(string file, int megabytes)
        {
            _file = file;
            if (Environment.UserName != "root")
            {
                Assert.Inconclusive("needs root, for swapon");
            }

            string[] make = ["dd", "if=/dev/zero", $"of={file}", "bs=1M", $"count={megabytes}"];
            if (!Succeeds(make) || !Succeeds("chmod", "600", file) || !Succeeds("mkswap", file) || !Succeeds("swapon", file))
            {
                File.Delete(file);
                Assert.Inconclusive("this machine lets nobody add swap space");
            }
        }

        public void Dispose()
        {
            Assert.IsTrue(Succeeds("swapoff", _file), "the swap space is still in use");
            File.Delete(_file);
        }

        private static bool Succeeds(params string[] command)
        {
            using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }
}
