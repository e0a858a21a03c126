using System.Diagnostics;
using BuildGuard.Leases.Taker;
using BuildGuard.Stress;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine("usage: stress [--long] [--contenders N] [--reapers N] [--slots N] [--mixed] [--acquisitions N] [--kills N] [--mutations N] [--taker PATH]");
    Console.Error.WriteLine("       stress --helper PATH [--contenders N] [--slots N] [--acquisitions N] [--kills N]");
    return 125;
}

if (options.Helper is { } helper)
{
    using var programArena = new ProgramArena(helper, options.Slots);
    return new ProgramStress(options, programArena).Press();
}

// So long nothing happens only if somebody was lost.
var patience = TimeSpan.FromSeconds(30);
long start = Stopwatch.GetTimestamp();
using var arena = new Arena(options.Slots, options.Taker);
var log = new WitnessLog(arena.Log, options.Slots);
var problems = new List<string>();
var contenders = new List<Contender>();
int kills = 0, lost = 0, left = 0, stops = 0, terminations = 0, killsOfHolder = 0;
try
{
    for (int i = 0; i < options.Contenders; i++)
    {
        contenders.Add(new Contender(arena, options.Mixed ? 1 + (i % options.Slots) : options.Slots));
    }

    for (int i = 0; i < options.Reapers; i++)
    {
        contenders.Add(new Contender(arena, slots: null));
    }

    Press();
    End();
}
finally
{
    contenders.ForEach(c => c.Dispose());
}

TimeSpan pressed = Stopwatch.GetElapsedTime(start);
foreach ((string name, Action<int> check) in Mutations.All)
{
    for (int seed = 0; seed < options.Mutations; seed++)
    {
        try
        {
            check(seed);
        }
        catch (Exception e)
        {
            problems.Add($"{name}, mutation {seed}: {e.Message}");
        }
    }
}

problems.AddRange(log.Violations);
Console.WriteLine($"slots {(options.Mixed ? "1 to " : "")}{options.Slots}, contenders {options.Contenders} and {options.Reapers} that reap, {pressed.TotalSeconds:F0} s and {Stopwatch.GetElapsedTime(start).TotalSeconds - pressed.TotalSeconds:F0} s for the mutations");
Console.WriteLine($"acquisitions {log.Acquisitions}, killed with SIGKILL {kills} ({killsOfHolder} of them the last holder), SIGSTOP and SIGCONT {stops}, SIGTERM {terminations}");
Console.WriteLine($"lost {lost}, left over {left}");
Console.WriteLine($"leases of the killed that were ended by a successor or a reaper {log.EndedLeases}");
Console.WriteLine($"mutations read {options.Mutations} each of {string.Join(", ", Mutations.All.Select(m => m.Name))}");
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

        if (log.Acquisitions / 5_000 > reported)
        {
            reported = log.Acquisitions / 5_000;
            Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(start):hh\\:mm\\:ss} {log.Acquisitions} acquisitions, {kills} kills, {log.Violations.Count} violations");
        }

        Strike();
        foreach (Contender contender in contenders)
        {
            contender.Continue();
            Note(contender.Replace(restart: true));
        }
    }
}

// Only who really died of it counts as killed.
void Note((int ExitCode, string Said)? end)
{
    switch (end)
    {
        case (128 + Native.SIGKILL, _):
            kills++;
            break;
        case null or (0 or 128 + Native.SIGTERM, _):
            break;
        case var (exitCode, said):
            problems.Add($"a contender ended with {exitCode}: {said}");
            break;
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
            stops += victim.Stop(TimeSpan.FromMilliseconds(Random.Shared.Next(60))) ? 1 : 0;
            break;
        case 1 when terminations <= due / 2:
            terminations += victim.Signal(Native.SIGTERM) ? 1 : 0;
            break;
        case > 1 when kills <= due + 5 || log.Acquisitions >= options.Acquisitions:
            bool last = victim.Has(log.LastPid);
            killsOfHolder += victim.Signal(Native.SIGKILL) && last ? 1 : 0;
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
            lost = contenders.Count(c => !c.HasExited);
            problems.Add($"{lost} contenders were lost; there: {string.Join(", ", arena.Leftovers())}");
            return;
        }
    }

    contenders.ForEach(c => Note(c.Replace(restart: false)));

    // The last one of them may have been killed; whoever comes next tidies up.
    using (var tidy = new Contender(arena, options.Slots))
    {
        while (!tidy.HasExited)
        {
            Thread.Sleep(5);
        }
    }

    log.ReadOn();
    left = arena.Leftovers().Length;
    problems.AddRange(arena.Leftovers().Select(f => $"left: {f}"));
}
