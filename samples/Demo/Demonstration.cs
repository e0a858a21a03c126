using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BuildGuard.Demo;

/// <summary>The whole demonstration: pack, restore, the incident, the guarded replay, the verdict.</summary>
public static class Demonstration
{
    private const string GuardedOnly = "--guarded-only";

    /// <summary>Runs it.</summary>
    /// <returns>0 if everything was as promised, 1 if not, 2 for a wrong argument.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args.Any(arg => arg != GuardedOnly))
        {
            Console.Error.WriteLine($"usage: dotnet run samples/demo.cs [{GuardedOnly}]");
            return 2;
        }

        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("The demonstration needs Linux: on other systems BuildGuard does not guard yet.");
            return 1;
        }

        using var stop = new CancellationTokenSource();
        // Ctrl+C, kill and a closed terminal end what was started before they end this.
        PosixSignalRegistration[] signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
            PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                stop.Cancel();
            }))];
        try
        {
            return await RunAsync(Place.Find(), unguardedToo: args.Count == 0, stop.Token) ? 0 : 1;
        }
        catch (DemoException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped; everything that was started has been ended.");
            return 130;
        }
        finally
        {
            foreach (PosixSignalRegistration signal in signals)
            {
                signal.Dispose();
            }
        }
    }

    private static async Task<bool> RunAsync(Place place, bool unguardedToo, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        Directory.CreateDirectory(place.Work);
        using FileStream alone = TakeTheFolder(place);
        place.Clear();
        var environment = new InnerEnvironment(place);
        var processes = new MarkedProcesses(environment.Id);
        bool ended = false;
        try
        {
            Console.WriteLine("1. Pack BuildGuard; restore and build the sample with it");
            environment.CompilerMayStay = true;
            await new Preparation(environment, place).RunAsync(stop);
            environment.CompilerMayStay = false;
            processes.EndAll();
            environment.ForgetCompiler();
            Guard guard = Guard.Find(environment, place) ?? throw new DemoException("The package holds no program for this machine.");
            Console.WriteLine($"  the package holds the {guard.Form} form of the program");

            var unguarded = new UnguardedPhase(environment, place, guard, processes);
            if (unguardedToo)
            {
                Console.WriteLine("\n2. The incident: six commands at once, guard switched off (BUILDGUARD_DISABLE=1)");
                await unguarded.RunAsync(stop);
            }

            Console.WriteLine("\n3. The same six commands at once, guarded");
            Outcome outcome = await new GuardedPhase(environment, place, guard, processes).RunAsync(stop);

            Console.WriteLine($"\n4. What became of them (containment: {outcome.Observation.Containment})");
            Verdict.ShowTable(outcome);
            ended = true;
            bool kept = Verdict.Judge(outcome, unguarded.Steps);
            Console.WriteLine($"\n{(kept ? "Everything was as promised" : "Not everything was as promised")}; {clock.Elapsed.TotalSeconds:F0} s. What each command printed: {Path.GetRelativePath(place.Root, place.Logs)}");
            return kept;
        }
        finally
        {
            processes.EndAll();
            environment.ForgetCompiler();
            if (!ended && Guard.Find(environment, place) is { } guard)
            {
                await guard.CleanUpAsync();
            }
        }
    }

    private static FileStream TakeTheFolder(Place place)
    {
        string file = Path.Combine(place.Work, "lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new DemoException($"Another demonstration runs in this clone ({file}): {e.Message}");
        }
    }
}
