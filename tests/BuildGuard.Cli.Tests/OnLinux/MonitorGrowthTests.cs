using System.Text.Json;
using BuildGuard.Cli.Monitor;
using BuildGuard.Settings;
using BuildGuard.Watching;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>
/// <c>monitor</c> as a whole, over as many looks as it takes in hours: the rules alone are looked at in LongWatchTests, here also what
/// it reads of the tickets, of <c>/proc</c> and of the machine.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class MonitorGrowthTests
{
    /// <summary>Until all code is compiled, and what is kept for the first time is there.</summary>
    private const int Before = 500;

    private const int Looks = 3000;

    /// <summary>A tenth of one small object for each look would be seen.</summary>
    private const long MostLiveBytes = 32 << 10;

    /// <summary>A page for every third look would be seen: what a native leak takes, or descriptors.</summary>
    private const long MostResidentBytes = 4 << 20;

    [TestMethod]
    public void Thousands_of_looks_leave_nothing_behind()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--label", "watched", "--preflight", "off", "--", "sh", "-c", "echo ready; sleep 1000; :");
        Assert.AreEqual("ready", holder.ReadLine());
        using Helper waiting = sandbox.Start([], "run", "--label", "later", "--preflight", "off", "--", "true");
        waiting.AwaitError("BG1001");

        var composition = new Composition { StateDirectoryPath = sandbox.State };
        GuardSettings settings = composition.Settings([]);
        var limits = new WatchLimits { MemoryPercent = 100, Processes = 1000, TreeMemoryBytes = settings.MaxMemory, IsDryRun = true };
        var monitor = new Monitoring(composition, settings, limits, dryRun: true, asJson: false);
        (long Live, long Resident) early = After(monitor, Before);
        (long Live, long Resident) late = After(monitor, Looks);
        Assert.IsLessThan(early.Live + MostLiveBytes, late.Live, "managed bytes that are alive");
        Assert.IsLessThan(early.Resident + MostResidentBytes, late.Resident, "bytes of the process in memory");

        sandbox.Run("stop", "--yes");
        _ = (holder.WaitForEnd(), waiting.WaitForEnd());
    }

    /// <summary>The limit that counts is the operation's own, whatever holds where the watch was started.</summary>
    [TestMethod]
    public void The_time_that_is_left_is_to_the_limit_that_the_operation_was_started_with()
    {
        using var sandbox = new Sandbox();
        const string Grow = "BEGIN { s = \"x\"; while (length(s) < 4000000) s = s s; print \"ready\"; fflush(); while (system(\"read y\") == 0) { kept[n++] = s n; print \"more\"; fflush() } }";
        using Helper holder = sandbox.Start([], "run", "--label", "growing", "--preflight", "off", "--memory", "600M", "--", "awk", Grow);
        Assert.AreEqual("ready", holder.ReadLine());
        using Helper monitor = sandbox.Start([("BUILDGUARD_MAX_MEMORY", "7G")], "monitor", "--json", "--interval", "100ms", "--memory-threshold", "100", "--dry-run");

        string told = "";
        for (int looks = 0; looks < 200 && told.Length == 0; looks++)
        {
            JsonElement line = JsonDocument.Parse(monitor.ReadLine()!).RootElement;
            if (line.TryGetProperty("code", out JsonElement code))
            {
                told = code.GetString() == "BG3009" ? line.GetProperty("text").GetString()! : "";
                continue;
            }

            // It stays below its limit.
            if (looks < 80)
            {
                holder.WriteLine("");
                Assert.AreEqual("more", holder.ReadLine());
            }
        }

        StringAssert.Matches(told, new("^the memory of 'growing' .* it reaches the limit of 600M \\(BuildGuardMaxMemory or --memory\\) and is ended in [0-9.ms]+$"));
        monitor.Terminate();
        holder.CloseInput();
        Assert.AreEqual((143, 0), (monitor.WaitForEnd().ExitCode, holder.WaitForEnd().ExitCode));
    }

    private static (long Live, long Resident) After(Monitoring monitor, int looks)
    {
        for (int look = 0; look < looks; look++)
        {
            monitor.LookAgain();
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}
