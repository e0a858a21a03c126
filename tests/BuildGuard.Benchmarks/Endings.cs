using System.Diagnostics;
using System.Globalization;
using BuildGuard.Leases;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Benchmarks;

/// <summary>How long it takes until nothing is left: the last process gone, and the run over.</summary>
/// <param name="helper">The program <c>buildguard</c>.</param>
/// <param name="acrobat">The program that hoards and multiplies; it keeps a lock on its file of pids until its last process has ended.</param>
/// <param name="scratch">Where to work.</param>
internal sealed class Endings(string helper, string acrobat, string scratch)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <summary>From the moment at which a process has more memory than it may, while it goes on taking it.</summary>
    public (Figures Gone, Figures Over) Breach(string rung, int times) => Measure(times, () =>
    {
        const int Limit = 200;
        Files files = Fresh();
        using Process guard = Start(rung, files, ["--memory", $"{Limit}M"], acrobat, "hoard", "x", "2000", $"{Limit - 2}", files.Time);
        return Await(guard, files, Read(files.Time));
    });

    /// <summary>
    /// What the kernel itself takes to end a hydra of so many heads: from the stroke at a version 2 group that holds it, by
    /// <c>cgroup.kill</c>, to the last process gone. Nothing else is in that time, so nothing can be faster.
    /// </summary>
    public double KernelAlone(string hierarchy, int heads)
    {
        Files files = Fresh();
        string group = Directory.CreateDirectory($"{hierarchy}/buildguard-benchmarks-{Environment.ProcessId}").FullName;
        var start = new ProcessStartInfo("sh", ["-c", $"echo 0 > {group}/cgroup.procs; exec {acrobat} hydra x {heads} {heads} {files.Time}"]);
        start.Environment["ACROBAT_PIDS"] = files.Pids;
        using Process hydra = Process.Start(start)!;
        _ = Read(files.Time);
        long from = Stopwatch.GetTimestamp();
        File.WriteAllText(group + "/cgroup.kill", "1");
        double gone = AwaitLast(files, from);
        hydra.WaitForExit();

        // What no longer runs still stands in the group for a moment.
        while (Directory.Exists(group) && !TryRemove(group))
        {
            Thread.Sleep(1);
        }

        return gone;
    }

    /// <summary>From the end of a command that leaves a hydra of so many heads.</summary>
    /// <param name="rung">The rung.</param>
    /// <param name="heads">How many.</param>
    /// <param name="times">How often.</param>
    /// <param name="inTurn">Done after each, so that whatever else the machine does hits both.</param>
    public (Figures Gone, Figures Over) Hydra(string rung, int heads, int times, Action inTurn) => Measure(times, () =>
    {
        inTurn();
        Files files = Fresh();
        string count = heads.ToString(CultureInfo.InvariantCulture);
        using Process guard = Start(rung, files, ["--processes", $"{heads * 2}"], "sh", "-c", $"{acrobat} hydra x {count} {count} {files.Time} & read go");
        _ = Read(files.Time);
        long start = Stopwatch.GetTimestamp();
        guard.StandardInput.Close();
        return Await(guard, files, start);
    });

    /// <summary>The share of one core, in per cent, that watching a tree of so many processes takes.</summary>
    public double Sampling(string rung, int processes, TimeSpan time)
    {
        Files files = Fresh();
        using Process guard = Start(
            rung, files, ["--processes", $"{processes * 2}"], "sh", "-c", $"i=1; while [ $i -lt {processes} ]; do sleep 1000 & i=$((i+1)); done; echo; read go");
        _ = guard.StandardOutput.ReadLine();
        TimeSpan before = guard.TotalProcessorTime;
        Thread.Sleep(time);
        guard.Refresh();
        double share = (guard.TotalProcessorTime - before) / time * 100;
        guard.StandardInput.Close();
        guard.WaitForExit();
        return share;
    }

    private static (Figures Gone, Figures Over) Measure(int times, Func<(double Gone, double Over)> once)
    {
        // The first one pays for what is read from disk.
        _ = once();
        (double Gone, double Over)[] all = [.. Enumerable.Range(0, times).Select(_ => once())];
        return (new Figures(all.Select(one => one.Gone)), new Figures(all.Select(one => one.Over)));
    }

    private static (double Gone, double Over) Await(Process guard, Files files, long start)
    {
        double gone = AwaitLast(files, start);
        guard.WaitForExit();
        return (gone, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
    }

    private static double AwaitLast(Files files, long start)
    {
        using LockFile pids = new UnixStateFiles().OpenOrCreate(files.Pids, shared: false)!;
        pids.LockExclusive();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static bool TryRemove(string group)
    {
        try
        {
            Directory.Delete(group);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The time that the acrobat wrote: nanoseconds of the clock that <see cref="Stopwatch"/> reads too.</summary>
    private static long Read(string file)
    {
        long start = Stopwatch.GetTimestamp();
        string text = "";
        while (!text.EndsWith('\n'))
        {
            if (Stopwatch.GetElapsedTime(start) > s_patience)
            {
                throw new TimeoutException($"{file} was not written");
            }

            Thread.Sleep(1);
            text = File.Exists(file) ? File.ReadAllText(file) : "";
        }

        return long.Parse(text, CultureInfo.InvariantCulture);
    }

    private Process Start(string rung, Files files, string[] options, params string[] command)
    {
        var start = new ProcessStartInfo(helper, ["run", "--preflight", "off", "--quiet", .. options, "--", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["BUILDGUARD_STATE_DIR"] = $"{scratch}/endings";
        start.Environment["BUILDGUARD_CONTAINMENT"] = rung;
        start.Environment["ACROBAT_PIDS"] = files.Pids;
        start.Environment.Remove("BUILDGUARD_LEASE");
        return Process.Start(start)!;
    }

    private Files Fresh()
    {
        string name = $"{scratch}/{Guid.NewGuid():N}";
        return new Files(name + ".pids", name + ".time");
    }

    private sealed record Files(string Pids, string Time);
}
