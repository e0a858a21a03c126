using System.Diagnostics;

namespace BuildGuard.Benchmarks;

/// <summary>The time of a whole program that guards a command which does nothing.</summary>
internal sealed class WholeRun(string scratch)
{
    /// <summary>Runs each command in turn, so that whatever else the machine does hits all of them.</summary>
    /// <param name="times">How often.</param>
    /// <param name="commands">The commands.</param>
    /// <param name="rungs">The rung that each asks for; empty for the best.</param>
    public Figures[] Compare(int times, IReadOnlyList<string[]> commands, IReadOnlyList<string>? rungs = null)
    {
        var series = commands.Select(_ => new List<double>()).ToArray();
        for (int i = -5; i < times; i++)
        {
            for (int c = 0; c < commands.Count; c++)
            {
                double microseconds = Run(commands[c], rungs?[c] ?? "");
                if (i >= 0)
                {
                    series[c].Add(microseconds);
                }
            }
        }

        return [.. series.Select(s => new Figures(s))];
    }

    private double Run(string[] command, string rung)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["BUILDGUARD_STATE_DIR"] = scratch + "/run-state";
        start.Environment["BUILDGUARD_PREFLIGHT"] = "off";
        start.Environment["BUILDGUARD_CONTAINMENT"] = rung;
        start.Environment.Remove("BUILDGUARD_LEASE");
        long from = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        double microseconds = Stopwatch.GetElapsedTime(from).TotalMicroseconds;
        return process.ExitCode == 0
            ? microseconds
            : throw new InvalidOperationException($"{string.Join(' ', command)}: {process.ExitCode} {process.StandardError.ReadToEnd()}");
    }
}
