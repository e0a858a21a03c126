using System.Diagnostics;
using BuildGuard.Audit;
using BuildGuard.Cli.Views;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux;
using BuildGuard.Processes;
using BuildGuard.Reporting;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Dashboard;

/// <summary>Looks, and keeps what the dashboard needs of the looks before: short histories, CPU times, the latest events.</summary>
internal sealed class TopSampler(Composition composition, GuardSettings settings)
{
    private const int Samples = 30;
    private const int Events = 20;

    private readonly AuditReader _trail = new(composition.AuditFiles, composition.StateDirectoryPath);
    private readonly Queue<AuditRecord> _events = [];
    private readonly Queue<double> _memory = [], _swap = [], _load = [], _pressure = [];
    private Dictionary<ProcessIdentity, long> _cpu = [];
    private long? _last;

    /// <summary>Looks.</summary>
    /// <exception cref="Diagnostics.GuardException">BG0010 or BG0011: the state directory cannot be read.</exception>
    public TopModel Look()
    {
        GuardedView view = GuardedView.Look(composition);
        double? passed = _last is { } last ? Stopwatch.GetElapsedTime(last).TotalMilliseconds : null;
        _last = Stopwatch.GetTimestamp();
        Dictionary<ProcessIdentity, long> before = _cpu;
        _cpu = [];
        foreach (ProcessRow process in view.Leases.SelectMany(lease => lease.Processes).Concat(view.Unrecorded.SelectMany(report => report.Processes)))
        {
            _cpu[process.Identity] = process.CpuMilliseconds;
        }

        double? PercentOf(ProcessRow process) => passed is > 0 and { } ms
            ? 100 * Math.Max(0, process.CpuMilliseconds - before.GetValueOrDefault(process.Identity)) / ms
            : null;
        return new TopModel(
            DateTimeOffset.Now, MachineOf(view), [.. view.Leases.Select(lease => LeaseOf(lease, PercentOf)), .. view.UnrecordedLeases.Select(report => LeaseOf(report, PercentOf))], view.Queue, LatestEvents(out string problem), settings.MaxMemory, settings.MaxProcesses)
        {
            Unreadable = view.Unreadable,
            Unrecorded = [.. view.Unrecorded.Select(report => report.Holder)],
            TrailProblem = problem,
        };
    }

    private static TopLease LeaseOf(LeaseUse lease, Func<ProcessRow, double?> percent)
    {
        ProcessRow[] all = [.. lease.Processes, .. lease.Inside];
        string state = lease.View switch
        {
            { HolderAlive: false } => "holder died",
            { IsKeptByBuild: true } => "helper killed, kept by its build",
            { Stopped.Count: > 0 } => "stopped",
            _ => "",
        };
        return new TopLease(
            lease.View.Id,
            lease.View.Record.Label,
            lease.View.Record.Kind,
            lease.View.Pid,
            lease.View.Age,
            state,
            lease.MemoryBytes,
            all.Length,
            PercentOf(all, percent),
            ProcessesOf(lease.Processes, percent))
        {
            Limits = lease.View.Record.Limits,
        };
    }

    private static TopLease LeaseOf(UnrecordedUse report, Func<ProcessRow, double?> percent) => new(
        report.Holder.Lease!.Value,
        report.Holder.Label,
        report.Holder.Ticket?.Record.Kind ?? (report.Holder.IsBuild ? LeaseKind.Session : LeaseKind.Operation),
        report.Holder.Process.Pid,
        report.Holder.Held,
        "no ticket",
        report.All.Sum(p => p.MemoryBytes),
        report.All.Count,
        PercentOf(report.All, percent),
        ProcessesOf(report.Processes, percent))
    {
        Limits = report.Holder.Ticket?.Record.Limits,
        IsUnrecorded = true,
    };

    private static double? PercentOf(IReadOnlyList<ProcessRow> all, Func<ProcessRow, double?> percent) =>
        all.Count == 0 || all.Any(p => percent(p) is not null) ? all.Sum(p => percent(p) ?? 0) : null;

    private static TopProcess[] ProcessesOf(IReadOnlyList<ProcessRow> processes, Func<ProcessRow, double?> percent) =>
        [.. processes.Select(p => new TopProcess(p.Pid, p.Name, p.Command, p.MemoryBytes, percent(p), Stopped.Is(p.State)))];

    private TopMachine MachineOf(GuardedView view)
    {
        MachineFacts facts = composition.Machine.Facts();
        var swap = SwapSpace.Look();
        return new TopMachine(facts.UsableMemoryBytes, view.State, swap.UsedBytes, swap.TotalBytes, facts.Cores)
        {
            Memory = Next(_memory, 1 - (view.State.FreeMemoryBytes / (double)Math.Max(1, facts.UsableMemoryBytes))),
            Swap = Next(_swap, swap.TotalBytes == 0 ? 0 : swap.UsedBytes / (double)swap.TotalBytes),
            Load = Next(_load, (view.State.Load ?? 0) / Math.Max(1, facts.Cores)),
            Pressure = Next(_pressure, (view.State.Pressure?.Some ?? 0) / 100),
        };
    }

    private static TopGauge Next(Queue<double> history, double now)
    {
        history.Enqueue(now);
        if (history.Count > Samples)
        {
            history.Dequeue();
        }

        return new TopGauge([.. history]);
    }

    /// <summary>What the trail tells; who holds and who waits is seen without it.</summary>
    private AuditRecord[] LatestEvents(out string problem)
    {
        problem = "";
        try
        {
            foreach (AuditRecord record in _trail.ReadNew().Where(static record => !Incident.IsOrdinary(record)))
            {
                _events.Enqueue(record);
                if (_events.Count > Events)
                {
                    _events.Dequeue();
                }
            }
        }
        catch (GuardException e)
        {
            problem = $"{e.Problem.Code}: {e.Problem.Text}";
        }

        return [.. _events];
    }
}
