using System.Diagnostics;
using System.Globalization;

namespace BuildGuard.Benchmarks;

/// <summary>
/// From the start of one command to the start of the next, down a queue of lock tools that were all asleep. With it goes
/// whatever a tool does between two commands: the end of one process, the lock, the start of another.
/// </summary>
/// <param name="helper">The program <c>buildguard</c>.</param>
/// <param name="scratch">Where to work.</param>
internal sealed class ToolHandOff(string helper, string scratch)
{
    public IEnumerable<double> BuildGuard(int count)
    {
        string state = Fresh("state");
        return Measure(count, command =>
        {
            var start = new ProcessStartInfo(helper, ["run", "--preflight", "off", "--quiet", "--", .. command]);
            start.Environment["BUILDGUARD_STATE_DIR"] = state;
            start.Environment.Remove("BUILDGUARD_LEASE");
            return start;
        });
    }

    public IEnumerable<double> Flock(int count)
    {
        string file = Fresh("flock");
        return Measure(count, command => new ProcessStartInfo("flock", [file, .. command]));
    }

    private static double[] Measure(int count, Func<string[], ProcessStartInfo> guarded)
    {
        ProcessStartInfo first = guarded(["sh", "-c", "echo has the turn; read go; exec date +%s%N"]);
        first.RedirectStandardInput = first.RedirectStandardOutput = true;
        using Process holder = Process.Start(first)!;
        _ = holder.StandardOutput.ReadLine();
        ProcessStartInfo Next()
        {
            ProcessStartInfo next = guarded(["date", "+%s%N"]);
            next.RedirectStandardOutput = true;
            return next;
        }

        using var waiters = new Waiters(count, Next);
        holder.StandardInput.WriteLine();
        string[] stamps = [holder.StandardOutput.ReadToEnd(), .. waiters.Outputs()];
        long[] starts = [.. stamps.Select(s => long.Parse(s, CultureInfo.InvariantCulture)).Order()];
        return [.. starts.Skip(1).Select((start, i) => (start - starts[i]) / 1e3)];
    }

    private string Fresh(string name) => $"{scratch}/{name}-{Guid.NewGuid():N}";
}
