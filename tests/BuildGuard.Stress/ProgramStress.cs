using System.Diagnostics;
using BuildGuard.Leases.Taker;

namespace BuildGuard.Stress;

/// <summary>The same with the real program: helpers, their commands and the prepared processes of waiters are killed, stopped and ended at random.</summary>
internal sealed class ProgramStress(Options options, ProgramArena arena)
{
    // So long nothing happens only if somebody was lost.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly List<Runner> _runners = [];
    private readonly List<string> _problems = [];
    private int _kills, _childKills, _stops, _terminations;

    public int Press()
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            for (int i = 0; i < options.Contenders; i++)
            {
                _runners.Add(new Runner(arena));
            }

            Await(isEnd: false, () => arena.Acquisitions >= options.Acquisitions && _kills + _childKills >= options.Kills);
            Await(isEnd: true, () => _runners.TrueForAll(r => r.HasExited));
            _runners.ForEach(r => Note(r.Replace(restart: false)));
        }
        finally
        {
            _runners.ForEach(r => r.Dispose());
        }

        // The last one may have been killed; whoever comes next tidies up.
        using (Process tidy = Process.Start(arena.Run("true"))!)
        {
            string said = tidy.StandardError.ReadToEnd();
            tidy.WaitForExit();
            if (tidy.ExitCode != 0)
            {
                _problems.Add($"the last one ended with {tidy.ExitCode}: {said}");
            }
        }

        string[] left = [.. arena.Leftovers()];
        string[] violations = [.. arena.Violations, .. _problems, .. left.Select(l => $"left: {l}")];
        Console.WriteLine($"slots {options.Slots}, contenders {options.Contenders}, the real program, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
        Console.WriteLine($"acquisitions {arena.Acquisitions}, killed with SIGKILL {_kills} helpers and {_childKills} commands or prepared processes, SIGSTOP and SIGCONT {_stops}, SIGTERM {_terminations}");
        Console.WriteLine($"left over {left.Length}");
        Console.WriteLine($"violations {violations.Length}");
        violations.Take(20).ToList().ForEach(v => Console.WriteLine($"  {v}"));
        return violations.Length == 0 ? 0 : 1;
    }

    private void Await(bool isEnd, Func<bool> isDone)
    {
        long last = Stopwatch.GetTimestamp();
        long before = arena.Acquisitions;
        while (!isDone())
        {
            Thread.Sleep(Random.Shared.Next(1, 15));
            if (arena.Acquisitions is var now && now != before)
            {
                before = now;
                last = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(last) > s_patience)
            {
                _problems.Add($"nobody came to the turn for {s_patience.TotalSeconds} s; there: {string.Join(", ", arena.Leftovers())}");
                return;
            }

            if (!isEnd)
            {
                Strike();
            }

            foreach (Runner runner in _runners)
            {
                runner.Continue();
                if (!isEnd)
                {
                    Note(runner.Replace(restart: true));
                }
            }
        }
    }

    private void Strike()
    {
        double due = (double)options.Kills * arena.Acquisitions / options.Acquisitions;
        Runner victim = _runners[Random.Shared.Next(_runners.Count)];
        bool mayKill = _kills + _childKills <= due + 5 || arena.Acquisitions >= options.Acquisitions;
        switch (Random.Shared.Next(10))
        {
            case 0 when !victim.IsStopped && _stops <= due:
                _stops += victim.Stop(TimeSpan.FromMilliseconds(Random.Shared.Next(60))) ? 1 : 0;
                break;
            case 1 when _terminations <= due / 2:
                _terminations += victim.Signal(Native.SIGTERM) ? 1 : 0;
                break;
            case > 1 and < 5 when mayKill:
                _childKills += victim.KillChild() ? 1 : 0;
                break;
            case >= 5 when mayKill:
                _kills += victim.Signal(Native.SIGKILL) ? 1 : 0;
                break;
            default:
                break;
        }
    }

    private void Note((int ExitCode, string Said)? end)
    {
        if (end is var (exitCode, said) && exitCode is not (0 or 128 + Native.SIGKILL or 128 + Native.SIGTERM))
        {
            _problems.Add($"a run ended with {exitCode}: {said}");
        }
    }
}
