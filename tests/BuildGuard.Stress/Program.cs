using System.Diagnostics;
using BuildGuard.Leases.Taker;
using BuildGuard.Stress;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine("usage: stress [--long] [--contenders N] [--slots N] [--acquisitions N] [--kills N] [--mutations N]");
    return 125;
}

// So long nothing happens only if somebody was lost.
var patience = TimeSpan.FromSeconds(30);
long start = Stopwatch.GetTimestamp();
using var arena = new Arena(options.Slots, options.Taker);
var log = new WitnessLog(arena.Log, options.Slots);
var problems = new List<string>();
var contenders = new List<Contender>();
int kills = 0, stops = 0, terminations = 0, killsOfHolder = 0;
try
{
    for (int i = 0; i < options.Contenders; i++)
    {
        contenders.Add(new Contender(arena));
    }

    Press();
    End();
}
finally
{
    contenders.ForEach(c => c.Dispose());
}

for (int seed = 0; seed < options.Mutations; seed++)
{
    try
    {
        MutatedTicket.Check(seed);
    }
    catch (Exception e)
    {
        problems.Add($"mutation {seed}: {e.Message}");
    }
}

problems.AddRange(log.Violations);
Console.WriteLine($"slots {options.Slots}, contenders {options.Contenders}, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
Console.WriteLine($"acquisitions {log.Acquisitions}, kills {kills} ({killsOfHolder} of the last holder), stops {stops}, terminations {terminations}");
Console.WriteLine($"leases of the killed that were ended by a successor {log.EndedLeases}");
Console.WriteLine($"mutated tickets read {options.Mutations}");
Console.WriteLine($"violations {problems.Count}");
problems.Take(20).ToList().ForEach(p => Console.WriteLine($"  {p}"));
return problems.Count == 0 ? 0 : 1;

void Press()
{
    long last = Stopwatch.GetTimestamp();
    int reported = 0;
    while (log.Acquisitions < options.Acquisitions || kills < options.Kills)
    {
        Thread.Sleep(Random.Shared.Next(1, 8));
        if (log.ReadOn())
        {
            last = Stopwatch.GetTimestamp();
        }
        else if (Stopwatch.GetElapsedTime(last) > patience)
        {
            problems.Add($"nobody came to the turn for {patience.TotalSeconds} s; there: {string.Join(", ", arena.Leftovers())}");
            return;
        }

        if (log.Acquisitions / 10_000 > reported)
        {
            reported = log.Acquisitions / 10_000;
            Console.Error.WriteLine($"{log.Acquisitions} acquisitions, {kills} kills, {log.Violations.Count} violations");
        }

        Strike();
        foreach (Contender contender in contenders)
        {
            contender.Continue();
            if (contender.Replace(restart: true) is { } problem)
            {
                problems.Add(problem);
            }
        }
    }
}

// Mostly anybody; often the one that holds, for there is most to break.
void Strike()
{
    double due = (double)options.Kills * log.Acquisitions / options.Acquisitions;
    bool holder = Random.Shared.Next(3) == 0;
    Contender victim = (holder ? contenders.Find(c => c.Has(log.LastPid)) : null) ?? contenders[Random.Shared.Next(contenders.Count)];
    switch (Random.Shared.Next(10))
    {
        case 0 when !victim.IsStopped && stops <= due:
            victim.Signal(Native.SIGSTOP, TimeSpan.FromMilliseconds(Random.Shared.Next(60)));
            stops++;
            break;
        case 1 when terminations <= due / 2:
            victim.Signal(Native.SIGTERM, default);
            terminations++;
            break;
        case > 1 when kills <= due + 5 || log.Acquisitions >= options.Acquisitions:
            victim.Signal(Native.SIGKILL, default);
            killsOfHolder += holder ? 1 : 0;
            kills++;
            break;
        default:
            break;
    }
}

// Nobody is lost: left alone, all come to their turn and end.
void End()
{
    File.WriteAllText(arena.End, "");
    long last = Stopwatch.GetTimestamp();
    while (!contenders.TrueForAll(c => c.HasExited))
    {
        contenders.ForEach(c => c.Continue());
        Thread.Sleep(5);
        if (log.ReadOn())
        {
            last = Stopwatch.GetTimestamp();
        }
        else if (Stopwatch.GetElapsedTime(last) > patience)
        {
            problems.Add($"{contenders.Count(c => !c.HasExited)} contenders were lost; there: {string.Join(", ", arena.Leftovers())}");
            return;
        }
    }

    problems.AddRange(contenders.Select(c => c.Replace(restart: false)).OfType<string>());

    // The last one of them may have been killed; whoever comes next tidies up.
    using (var tidy = new Contender(arena))
    {
        while (!tidy.HasExited)
        {
            Thread.Sleep(5);
        }
    }

    log.ReadOn();
    problems.AddRange(arena.Leftovers().Select(f => $"left: {f}"));
}
