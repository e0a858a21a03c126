using System.Diagnostics;
using BuildGuard.Audit;
using BuildGuard.Cli.Output;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Settings;
using BuildGuard.Watching;

namespace BuildGuard.Cli.Verbs;

/// <summary>One run of <c>buildguard monitor</c>: looks, lets the rules judge, says it, writes it down, and ends what is to be ended.</summary>
internal sealed class Monitoring(Composition composition, GuardSettings settings, WatchLimits limits, bool dryRun, bool asJson)
{
    private readonly Watch _watch = new(limits);
    private readonly AuditTrail _audit = composition.Audit(settings, MessageSink.Silent);
    private readonly LeaseId? _own = composition.Innermost();
    private readonly long _start = Stopwatch.GetTimestamp();
    private GuardMessage? _problem;

    /// <summary>Looks once.</summary>
    /// <exception cref="GuardException">The state directory cannot be read.</exception>
    public int Once()
    {
        WatchSample sample = Look();
        if (!asJson)
        {
            Console.Out.WriteLine(TextOf(sample));
        }

        Judge(sample);
        return ExitCodes.Success;
    }

    /// <summary>Looks until a signal ends it.</summary>
    /// <exception cref="GuardException">The state directory cannot be read at the first look: that is a mistake, not a change.</exception>
    public int Follow(TimeSpan interval)
    {
        WatchSample first = Look();
        if (!asJson)
        {
            Console.Out.WriteLine($"{TextOf(first)}; looking every {Duration.ToText(interval)}{(dryRun ? ", ending nothing" : "")}");
        }

        while (true)
        {
            try
            {
                Judge(Look());
                _problem = null;
            }
            catch (GuardException e)
            {
                // The state directory may come, go and change hands while this runs.
                Complain(e.Problem);
            }

            Thread.Sleep(interval);
        }
    }

    private WatchSample Look() => GuardedView.Look(composition)
        .ToSample(Stopwatch.GetElapsedTime(_start), composition.Machine.Facts().UsableMemoryBytes, _own);

    private void Judge(WatchSample sample)
    {
        WatchRound round = _watch.Look(sample);
        if (asJson)
        {
            MonitorJson.WriteSample(sample);
        }

        foreach (WatchFinding finding in round.Findings)
        {
            Say(finding);
            if (finding.Message is { Level: MessageLevel.Warning, Code: "BG3006" or "BG3008" })
            {
                Record(AuditEvent.Breach, finding);
            }
        }

        if (round.ToEnd is { } tree)
        {
            End(tree, sample);
        }
    }

    private void End(TreeSample tree, WatchSample sample)
    {
        var finding = new WatchFinding(Messages.TreeEnded(tree.Id.Value, tree.Label, tree.MemoryBytes, sample.UsedPercent, dryRun), tree);
        if (dryRun)
        {
            _watch.Ended(tree, sample);
            Say(finding);
            return;
        }

        // Before it ends, so that the trail tells why in the right order.
        Record(AuditEvent.Killed, finding);
        var stop = new EmergencyStop(
            composition.StateFiles, composition.Layout, composition.Viewer, composition.Processes, composition.Signals, composition.Reaper(MessageSink.Silent), "monitor");
        IReadOnlyList<StopTarget> left = stop.End(tree.Id, static _ => { });
        if (left.Count == 0)
        {
            _watch.Ended(tree, sample);
            Say(finding);
        }
        else
        {
            _watch.NotEnded(tree);
            Say(new WatchFinding(Messages.TreeNotEnded(tree.Id.Value, tree.Label, left.Count), tree));
        }
    }

    private void Record(AuditEvent name, WatchFinding finding) => _audit.Write(new AuditRecord
    {
        Event = name,
        Lease = finding.Tree?.Id.Value,
        Pid = finding.Tree?.Pid ?? Environment.ProcessId,
        Label = finding.Tree?.Label ?? "buildguard monitor",
        Code = finding.Message.Code,
        Reason = finding.Message.Text,
    });

    private void Complain(GuardMessage problem)
    {
        if (problem != _problem)
        {
            _problem = problem;
            Say(new WatchFinding(problem, null));
        }
    }

    private void Say(WatchFinding finding)
    {
        if (asJson)
        {
            MonitorJson.WriteFinding(finding, dryRun);
            return;
        }

        string line = finding.Message.ToString();
        Console.Out.WriteLine($"{Terminal.Faint(DateTime.Now.ToString("HH:mm:ss"))} {(finding.Message.Level == MessageLevel.Message ? line : Terminal.Red(line))}");
    }

    private string TextOf(WatchSample sample) =>
        $"Memory {sample.UsedPercent:0} % of {Size.ToText(sample.UsableBytes)} (threshold {limits.MemoryPercent:0.##} %), "
        + $"{sample.Trees.Count} lease{(sample.Trees.Count == 1 ? "" : "s")} with {sample.Processes} process{(sample.Processes == 1 ? "" : "es")} (threshold {limits.Processes})";
}
