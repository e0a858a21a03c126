using System.Diagnostics;
using System.Globalization;
using BuildGuard.Leases;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Benchmarks;

/// <summary>
/// The time from one's giving back to the next one's turn, down a queue of waiters that were all asleep: the lease tree
/// against one flock(2) on one file, which is what flock(1) does, in the same program.
/// </summary>
internal sealed class HandOff(string taker, string scratch)
{
    public IEnumerable<double> Lease(int count)
    {
        string state = Fresh("state"), stamps = Fresh("stamps");
        using var first = new Process { StartInfo = Command("--state", state) };
        first.StartInfo.RedirectStandardOutput = true;
        first.StartInfo.RedirectStandardInput = true;
        first.Start();
        while (first.StandardOutput.ReadLine()?.StartsWith("turn", StringComparison.Ordinal) != true)
        {
        }

        using var waiters = new Waiters(count, () => Command("--state", state, "--stamps", stamps));
        first.StandardInput.WriteLine();
        AwaitAll(stamps, count);
        first.WaitForExit();
        return Read(stamps, count);
    }

    public IEnumerable<double> Flock(int count)
    {
        string path = Fresh("flock"), stamps = Fresh("stamps");
        using LockFile file = new UnixStateFiles().OpenOrCreate(path, shared: false)!;
        file.LockExclusive();
        using var waiters = new Waiters(count, () => Command("--flock", path, "--stamps", stamps));
        file.Unlock();
        AwaitAll(stamps, count);
        return Read(stamps, count);
    }

    private ProcessStartInfo Command(params string[] arguments)
    {
        var start = new ProcessStartInfo(taker, arguments);
        start.Environment.Remove("BUILDGUARD_LEASE");
        return start;
    }

    /// <summary>Seldom, so that looking is not what is measured; those who had their turn stay, for the same reason.</summary>
    private static void AwaitAll(string stamps, int count)
    {
        var patience = Stopwatch.StartNew();
        do
        {
            Thread.Sleep(100);
            if (patience.Elapsed > TimeSpan.FromMinutes(2))
            {
                throw new TimeoutException("not all had their turn");
            }
        }
        while (!File.Exists(stamps) || File.ReadAllText(stamps).Count(c => c == '\n') < count);
    }

    private string Fresh(string name) => $"{scratch}/{name}-{Guid.NewGuid():N}";

    private static double[] Read(string stamps, int count)
    {
        (long Came, long Back)[] turns =
        [
            .. File.ReadAllLines(stamps)
                .Select(l => l.Split(' '))
                .Select(w => (long.Parse(w[0], CultureInfo.InvariantCulture), long.Parse(w[1], CultureInfo.InvariantCulture)))
                .Order(),
        ];
        if (turns.Length != count)
        {
            throw new InvalidOperationException($"{turns.Length} turns of {count} waiters");
        }

        return [.. turns.Skip(1).Select((turn, i) => (turn.Came - turns[i].Back) * 1e6 / Stopwatch.Frequency)];
    }
}
