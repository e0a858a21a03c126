using System.Globalization;

namespace BuildGuard.Demo;

/// <summary>The incident: the same six at once, with the guard switched off. Bounded in memory and time.</summary>
internal sealed class UnguardedPhase(InnerEnvironment environment, Place place, Guard guard, MarkedProcesses processes)
{
    private const string Phase = "unguarded";
    private const long NeededMemoryBytes = 3L << 30;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(4);

    /// <summary>What ran when; <c>null</c> if the phase was left out.</summary>
    public Steps? Steps { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        long available = Math.Min(AvailableMemoryBytes(), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (available < NeededMemoryBytes)
        {
            Console.WriteLine($"  Left out: it needs {NeededMemoryBytes >> 20} MiB of free memory, {available >> 20} MiB are there.");
            return;
        }

        IReadOnlyList<Actor> actors = new Scene(environment, place, guard, Phase, guarded: false).StartAll();
        try
        {
            Task all = Task.WhenAll(actors.Select(actor => actor.Completion));
            Task bound = Task.Delay(Bound, stop);
            int mostProcesses = 0;
            long mostMemory = 0;
            while (!all.IsCompleted && !bound.IsCompleted)
            {
                IReadOnlyList<MarkedProcess> now = processes.Find();
                mostProcesses = Math.Max(mostProcesses, now.Count);
                mostMemory = Math.Max(mostMemory, now.Sum(process => process.MemoryBytes));
                await Task.WhenAny(all, Task.Delay(200, stop));
            }

            stop.ThrowIfCancellationRequested();
            Report(actors, mostProcesses, mostMemory);
        }
        finally
        {
            processes.EndAll();
        }
    }

    private static long AvailableMemoryBytes() =>
        File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)) is { } line
            ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10
            : 0;

    private static string LoadTest(IReadOnlyList<Actor> actors) =>
        actors.Single(actor => actor.Name == Scene.LoadTest) is { HasEnded: true, Completion.Result: 0 }
            ? "; nothing stopped the load test"
            : "";

    private void Report(IReadOnlyList<Actor> actors, int mostProcesses, long mostMemory)
    {
        Steps = Steps.Read(place.Trace(Phase));
        Console.WriteLine($"  {Steps.Overlaps} pairs of steps ran at the same time, {Steps.MostAtOnce} at once at most");
        Console.WriteLine($"  {mostProcesses} processes and {mostMemory >> 20} MiB at most" + LoadTest(actors));
        if (actors.All(actor => actor.HasEnded))
        {
            ReportEnds(actors);
        }
        else
        {
            Console.WriteLine($"  cut off after {Bound.TotalMinutes} min, so that it hurts nobody");
        }

        foreach (Actor actor in actors)
        {
            actor.WriteLog(Directory.CreateDirectory(Path.Combine(place.Logs, Phase)).FullName);
        }
    }

    private void ReportEnds(IReadOnlyList<Actor> actors)
    {
        IReadOnlyList<MarkedProcess> left = processes.Find();
        Console.WriteLine($"  {actors.Count(actor => actor.Completion.Result != 0)} of {actors.Count} commands failed");
        Console.WriteLine($"  {left.Count} processes outlived the command that started them{(left.Count == 0 ? "" : ":")}");
        foreach (MarkedProcess process in left)
        {
            Console.WriteLine($"    {process.Pid}  {process.Command.Replace(place.Sample + "/", "", StringComparison.Ordinal)}");
        }
    }
}
