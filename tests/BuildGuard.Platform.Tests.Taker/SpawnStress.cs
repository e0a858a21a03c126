using System.Diagnostics;
using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux;

namespace BuildGuard.Platform.Tests.Taker;

/// <summary>Starts commands while other threads allocate and collect: what a runtime can do wrong between clone and execve shows here.</summary>
internal static class SpawnStress
{
    public static int Run(int count)
    {
        LeaseId lease = LeaseId.UnderLock("user", new TicketName(1, (uint)Environment.ProcessId));
        var containment = new LinuxContainment(Path.GetTempPath(), new LinuxProcessTable());
        bool stop = false;
        Thread[] noise = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            var kept = new object[512];
            for (int i = 0; !Volatile.Read(ref stop); i++)
            {
                kept[i % kept.Length] = new byte[1000 + (i % 7000)];
                if (i % 2000 == 0)
                {
                    GC.Collect(i % 3);
                }
            }
        }))];
        Array.ForEach(noise, static thread => thread.Start());
        long start = Stopwatch.GetTimestamp();
        int wrong = 0;
        for (int i = 0; i < count; i++)
        {
            using IContainer container = containment.Plan(lease, new Limits());
            container.Start(new StartRequest(["/bin/sh", "-c", $"exit {i % 100}"], new Dictionary<string, string?>(), false));
            while (container.Exit is null && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(10))
            {
                container.Wait(TimeSpan.FromSeconds(5));
            }

            wrong += container.Exit?.ShellCode == i % 100 ? 0 : 1;
        }

        Volatile.Write(ref stop, true);
        Array.ForEach(noise, static thread => thread.Join());
        Console.WriteLine($"{count} starts on {containment.Rung}, {wrong} wrong, {Stopwatch.GetElapsedTime(start).TotalMicroseconds / count:F0} us each, {GC.CollectionCount(0)} collections");
        return wrong == 0 ? 0 : 1;
    }
}
