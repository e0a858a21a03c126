using System.Diagnostics;
using BuildGuard.Audit;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Views;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Settings;
using BuildGuard.Watching;

namespace BuildGuard.Cli.Monitor;

/// <summary>One run of <c>buildguard monitor</c>: looks, lets the rules judge, says it, writes it down, and ends what is to be ended.</summary>
internal sealed class Monitoring(Composition composition, GuardSettings settings, WatchLimits limits, bool dryRun, bool asJson) : IMessageSink
{
    private readonly Watch _watch = new(limits);
    private readonly LeaseId? _own = composition.Innermost();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly MonitorEnding _ending = new(composition, settings);
    private HashSet<int> _guarded = [];
    private GuardMessage? _problem;
    private string _endedBefore = "";
    private IReadOnlyList<UnreadableTicket> _unreadable = [];
    private IReadOnlyList<UnreadableTicket> _unseen = [];
    private IReadOnlyList<UnreadableTicket> _saidUnseen = [];

    private AuditTrail Audit => field ??= composition.Audit(settings, this);

    /// <summary>That the audit trail cannot be written is said as a finding.</summary>
    void IMessageSink.Say(GuardMessage message) => Say(new WatchFinding(message, null));

    /// <summary>Looks once.</summary>
    /// <exception cref="GuardException">The state directory cannot be read.</exception>
    public int Once()
    {
        WatchSample sample = LookFirst();
        if (!asJson)
        {
            Terminal.Lines.WriteLine(TextOf(sample));
        }

        Judge(sample);
        return ExitCodes.Success;
    }

    /// <summary>Looks until a signal ends it.</summary>
    /// <exception cref="GuardException">The state directory cannot be read at the first look: that is a mistake, not a change.</exception>
    public int Follow(TimeSpan interval)
    {
        WatchSample first = LookFirst();
        if (!asJson)
        {
            Terminal.Lines.WriteLine($"{TextOf(first)}; looking every {Duration.ToText(interval)}{(dryRun ? ", ending nothing" : "")}");
        }

        while (true)
        {
            LookAgain();
            Thread.Sleep(interval);
        }
    }

    /// <summary>One look of many. What it keeps must not grow with their number.</summary>
    internal void LookAgain()
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
    }

    private WatchSample LookFirst()
    {
        WatchSample sample = Look();
        try
        {
            if (_ending.Before() is { } before && _watch.EndedBefore(before.UsedPercent, before.Ago))
            {
                _endedBefore = $"; what was ended {Duration.ToAge(before.Ago)} ago may still give some back";
            }
        }
        catch (GuardException e)
        {
            Complain(e.Problem);
        }

        return sample;
    }

    private WatchSample Look()
    {
        GuardedView view = GuardedView.Look(composition);
        WatchSample sample = view.ToSample(Stopwatch.GetElapsedTime(_start), composition.Machine.Facts().UsableMemoryBytes, _own);
        if (!limits.EndsNamed)
        {
            return sample;
        }

        _guarded = view.Guarded(composition, out IReadOnlyList<UnreadableTicket> unseen);
        _unseen = unseen;
        return unseen.Count > 0 ? sample : sample with { Named = composition.Named.Find(settings.MonitorEnds, _guarded) };
    }

    private void Judge(WatchSample sample)
    {
        WatchRound round = _watch.Look(sample);
        if (asJson)
        {
            MonitorJson.WriteSample(sample);
        }

        Tell(sample.Unreadable);
        if (_unseen.Except(_saidUnseen).Any())
        {
            Say(new WatchFinding(Messages.NamedSpared([.. _unseen.Select(ticket => ticket.Id.Value)]), null));
        }

        _saidUnseen = _unseen;
        foreach (WatchFinding finding in round.Findings)
        {
            Say(finding);
            if (finding.Message is { Level: MessageLevel.Warning, Code: "BG3006" or "BG3008" })
            {
                Record(AuditEvent.Breach, finding);
            }
        }

        if (round.ToEnd is { } what)
        {
            End(what, sample);
        }
    }

    private void End(IEndable what, WatchSample sample)
    {
        WatchFinding finding = _ending.FindingOf(what, sample.UsedPercent, dryRun);
        if (!dryRun)
        {
            using LockFile? turn = TakeTurn(sample, out bool isOthers);
            if (isOthers)
            {
                return;
            }

            // Before it ends, so that the trail tells why in the right order.
            Record(AuditEvent.Killed, finding);
            if (_ending.End(what, _guarded, sample.UsedPercent, limits.MemoryPercent) is { } problem)
            {
                _watch.NotEnded(what);
                Say(problem);
                return;
            }
        }

        _watch.Ended(what, sample);
        Say(finding);
    }

    /// <param name="sample">The look that led to it.</param>
    /// <param name="isOthers">Whether another watch has just ended something, which is to show first what it gave.</param>
    private LockFile? TakeTurn(WatchSample sample, out bool isOthers)
    {
        isOthers = false;
        LockFile? turn = null;
        try
        {
            turn = _ending.TakeTurn(out var before);
            isOthers = before is { } other && _watch.EndedBefore(other.UsedPercent, other.Ago);
            if (turn is not null && !isOthers)
            {
                _ending.Note(turn, sample.UsedPercent);
            }
        }
        catch (GuardException e)
        {
            Complain(e.Problem);
        }

        return turn;
    }

    private void Record(AuditEvent name, WatchFinding finding)
    {
        try
        {
            // What runs unguarded may have to be ended before anything guarded has made it.
            composition.StateFiles.EnsureDirectory(composition.Layout.Root, shared: false);
        }
        catch (GuardException e)
        {
            Complain(e.Problem);
        }

        Audit.Write(new AuditRecord
        {
            Event = name,
            Lease = finding.Tree?.Id.Value,
            Pid = finding.Tree?.Pid ?? Environment.ProcessId,
            Label = finding.Tree?.Label ?? "buildguard monitor",
            Code = finding.Message.Code,
            Reason = finding.Message.Text,
            Processes = _ending.ProcessesOf(finding.Named),
        });
    }

    /// <summary>Says once of each ticket that what belongs to it cannot be watched; in JSON every sample has them.</summary>
    private void Tell(IReadOnlyList<UnreadableTicket> unreadable)
    {
        foreach (UnreadableTicket ticket in asJson ? [] : unreadable.Except(_unreadable))
        {
            Show(Terminal.Red(QueueText.TextOf(ticket)));
        }

        _unreadable = unreadable;
    }

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
        Show(finding.Message.Level == MessageLevel.Message ? line : Terminal.Red(line));
    }

    private static void Show(string line) => Terminal.Lines.WriteLine($"{Terminal.Faint(DateTime.Now.ToString("HH:mm:ss"))} {line}");

    private string TextOf(WatchSample sample) =>
        $"Memory {sample.UsedPercent:0} % of {Size.ToText(sample.UsableBytes)} (threshold {limits.MemoryPercent:0.##} %{_endedBefore}), "
        + $"{sample.Trees.Count} lease{(sample.Trees.Count == 1 ? "" : "s")} with {sample.Processes} process{(sample.Processes == 1 ? "" : "es")} (threshold {limits.Processes})"
        + (limits.EndsNamed ? $"; may end what is not guarded and called {string.Join(" or ", settings.MonitorEnds)} ({_ending.Source})" : "");
}
