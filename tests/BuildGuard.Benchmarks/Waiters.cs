using System.Diagnostics;
using System.Globalization;

namespace BuildGuard.Benchmarks;

/// <summary>Many processes that all wait, one behind the other.</summary>
internal sealed class Waiters : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly List<Process> _processes = [];

    /// <summary>Starts them and returns when each sleeps in a lock, as the kernel tells.</summary>
    public Waiters(int count, Func<ProcessStartInfo> command)
    {
        for (int i = 0; i < count; i++)
        {
            _processes.Add(Process.Start(command())!);
        }

        HashSet<int> own = [.. _processes.Select(p => p.Id)];
        Await(() => Asleep().Count(own.Contains) == count, "all to wait");
    }

    public int Count => _processes.Count;

    /// <summary>What each wrote until its end; their output must be redirected.</summary>
    public IEnumerable<string> Outputs() => _processes.Select(p => p.StandardOutput.ReadToEnd());

    /// <summary>User and system time of all so far, in clock ticks: proc_pid_stat(5).</summary>
    public long Ticks() => _processes.Sum(p =>
    {
        string[] fields = File.ReadAllText($"/proc/{p.Id}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    });

    /// <summary>Memory that no other process shares, in KiB, one figure for each: Private_* of smaps_rollup.</summary>
    public IEnumerable<double> PrivateMemory() => _processes.Select(p => File.ReadLines($"/proc/{p.Id}/smaps_rollup")
        .Where(l => l.StartsWith("Private_", StringComparison.Ordinal))
        .Sum(l => double.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)));

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        foreach (Process process in _processes)
        {
            process.WaitForExit();
            process.Dispose();
        }

        _processes.Clear();
    }

    /// <summary>The processes that wait for a lock: proc_locks(5).</summary>
    private static HashSet<int> Asleep() =>
    [
        .. File.ReadAllLines("/proc/locks")
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w[1] == "->")
            .Select(w => int.Parse(w[5], CultureInfo.InvariantCulture)),
    ];

    private static void Await(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > s_patience)
            {
                throw new TimeoutException($"{s_patience.TotalSeconds} s were not enough for {what}");
            }

            Thread.Sleep(20);
        }
    }
}
