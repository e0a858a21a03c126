using System.Diagnostics;
using System.Text.Json;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux;

namespace BuildGuard.Platform.Tests.Taker;

/// <summary>The shortest honest user of a container: start, watch the limits, end, report.</summary>
internal static class Runner
{
    public static int Run(Options options)
    {
        string? breach = null;
        string? failure = null;
        bool parentGone = false;
        int exitCode;
        Usage usage = default;
        IReadOnlyList<EndedProcess> ended = [];
        Rung rung = Rung.Bare;
        bool empty = false;
        try
        {
            var containment = new LinuxContainment(options.State, new LinuxProcessTable());
            rung = containment.Rung;
            using IContainer container = containment.Plan(options.LeaseId, options.Limits);
            Directory.CreateDirectory(options.State);
            File.WriteAllText(Path.Combine(options.State, "record"), container.Record);
            long start = Stopwatch.GetTimestamp();
            container.Start(new StartRequest([.. options.Command], new Dictionary<string, string?>(), options.WatchParent));
            while (container.Exit is null && breach is null && !parentGone)
            {
                ContainerEvents events = container.Wait(TimeSpan.FromMilliseconds(options.IntervalMilliseconds));
                usage = container.Measure();
                parentGone = events.HasFlag(ContainerEvents.ParentGone);
                breach = Breach(usage, options.Limits);
                if (Stopwatch.GetElapsedTime(start) > options.StopAfter)
                {
                    breach = "stopped";
                }
            }

            if (options.RequestEndFirst)
            {
                container.RequestEnd();
                long asked = Stopwatch.GetTimestamp();
                while (!container.IsEmpty && Stopwatch.GetElapsedTime(asked) < TimeSpan.FromSeconds(10))
                {
                    container.Wait(TimeSpan.FromMilliseconds(20));
                }
            }

            ended = container.End(options.Keep);
            usage = container.Measure();
            breach ??= Breach(usage, options.Limits);
            empty = container.IsEmpty;
            exitCode = breach is null or "stopped" ? container.Exit?.ShellCode ?? 125 : 137;
        }
        catch (CommandStartException e)
        {
            failure = e.Message;
            exitCode = e.NotFound ? 127 : 126;
        }
        catch (GuardException e)
        {
            failure = e.Problem.ToString();
            exitCode = 125;
        }

        if (options.Report is { } report)
        {
            using (FileStream file = File.Create(report + ".new"))
            using (var json = new Utf8JsonWriter(file))
            {
                json.WriteStartObject();
                json.WriteString("rung", rung.ToString());
                json.WriteNumber("exitCode", exitCode);
                json.WriteString("breach", breach);
                json.WriteString("failure", failure);
                json.WriteBoolean("empty", empty);
                json.WriteBoolean("parentGone", parentGone);
                json.WriteNumber("peakMemory", usage.PeakMemoryBytes);
                json.WriteNumber("peakProcesses", usage.PeakProcesses);
                json.WriteNumber("cpu", usage.CpuMilliseconds);
                Reaper.WriteEnded(json, ended);
                json.WriteEndObject();
            }

            File.Move(report + ".new", report, overwrite: true);
        }

        return exitCode;
    }

    private static string? Breach(Usage usage, Limits limits) =>
        usage.MemoryLimitHit || usage.MemoryBytes > limits.MemoryBytes ? "memory"
        : usage.ProcessLimitHit || usage.Processes > limits.Processes ? "processes"
        : null;
}
