using BuildGuard.Audit;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Processes;
using BuildGuard.Settings;
using BuildGuard.Watching;

namespace BuildGuard.Cli.Monitor;

/// <summary>How <c>buildguard monitor</c> ends what the watch has chosen: a guarded tree by its lease, an unguarded process by itself.</summary>
internal sealed class MonitorEnding(Composition composition, GuardSettings settings)
{
    private EndNote? _known;

    /// <summary>Where the names of unguarded processes stand.</summary>
    public string Source { get; } = settings.Inputs.First(input => input.Setting == Setting.MonitorEnds).Source;

    /// <summary>What is said of it, before or after.</summary>
    public WatchFinding FindingOf(IEndable what, double usedPercent, bool dryRun) => what is NamedSample named
        ? new WatchFinding(
            Messages.NamedEnded(named.Name, named.Process.Pid, named.Rule, Source, named.Pids.Count, named.MemoryBytes, usedPercent, dryRun), null, named)
        : TreeEnded((TreeSample)what, usedPercent, dryRun);

    /// <summary>What another watch ended since the last call, and how long ago; <c>null</c>: nothing that is known.</summary>
    /// <exception cref="GuardException">BG0011: the note cannot be read.</exception>
    public (double UsedPercent, TimeSpan Ago)? Before()
    {
        using LockFile? file = composition.StateFiles.Open(composition.Layout.EndNote, write: false);
        return file is null ? null : ReadNews(file);
    }

    /// <summary>
    /// Takes the turn to end something, until it is closed: watches take it one after the other, and what another one has ended
    /// meanwhile may be enough.
    /// </summary>
    /// <param name="before">As <see cref="Before"/>.</param>
    /// <exception cref="GuardException">BG0010 or BG0011: the note cannot be read or made.</exception>
    public LockFile? TakeTurn(out (double UsedPercent, TimeSpan Ago)? before)
    {
        composition.StateFiles.EnsureDirectory(composition.Layout.Root, shared: false);
        LockFile? file = composition.StateFiles.OpenOrCreate(composition.Layout.EndNote, shared: false);
        try
        {
            file?.LockExclusive();
            before = file is null ? null : ReadNews(file);
            return file;
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Notes that something is ended, for the other watches.</summary>
    /// <exception cref="GuardException">BG0011: it cannot be written.</exception>
    public void Note(LockFile turn, double usedPercent)
    {
        _known = new EndNote(BootId, Environment.TickCount64, usedPercent);
        turn.Write(_known.ToBytes(), 0);
    }

    private (double UsedPercent, TimeSpan Ago)? ReadNews(LockFile file)
    {
        byte[] bytes = new byte[EndNote.MaxBytes];
        if (EndNote.Parse(bytes.AsSpan(0, file.Read(bytes, 0))) is not { } note || (note.BootId, note.At) == (_known?.BootId, _known?.At))
        {
            return null;
        }

        _known = note;
        return note.AgeAt(BootId, Environment.TickCount64) is { } ago ? (note.UsedPercent, ago) : null;
    }

    private string BootId => composition.Processes.Self.BootId;

    /// <summary>The processes that the audit trail names, while they can still be looked at; a lease has its own record.</summary>
    public IReadOnlyList<AuditProcess>? ProcessesOf(NamedSample? named) => named is null
        ? null
        : [.. named.Pids.Select(composition.Processes.Describe).OfType<ProcessRow>().Select(row => AuditProcess.Of(row))];

    /// <summary>Ends it.</summary>
    /// <param name="what">What is to be ended.</param>
    /// <param name="guarded">The processes that are guarded.</param>
    /// <param name="usedPercent">Memory in use, in per cent, for which it is ended.</param>
    /// <param name="thresholdPercent">The threshold that this is above, in per cent.</param>
    /// <returns>What to say if it is still there; <c>null</c>: it is gone.</returns>
    public WatchFinding? End(IEndable what, IReadOnlySet<int> guarded, double usedPercent, double thresholdPercent) => what is TreeSample tree
        ? EndTree(tree, new MemoryShortage(usedPercent, thresholdPercent, tree.MemoryBytes))
        : EndNamed((NamedSample)what, guarded);

    private WatchFinding? EndTree(TreeSample tree, MemoryShortage shortage)
    {
        EmergencyStop stop = composition.EmergencyStop("monitor", shortage);
        try
        {
            int left = tree.IsUnrecorded ? EndUnrecorded(tree.Id) : stop.End(tree.Id, static _ => { }).Count;
            return left == 0 ? null : new WatchFinding(Messages.TreeNotEnded(tree.Id.Value, tree.Label, left), tree);
        }
        catch (GuardException e) when (IsStuck(e))
        {
            return new WatchFinding(e.Problem, tree);
        }
    }

    private int EndUnrecorded(LeaseId lease)
    {
        composition.UnrecordedHolders.End(lease, "monitor");
        return composition.UnrecordedHolders.Look(composition.Viewer.LookAtAll().SelectMany(StopTarget.Of), lease).Count;
    }

    private WatchFinding? EndNamed(NamedSample named, IReadOnlySet<int> guarded)
    {
        string problem = "By now it is guarded, has started something that is, or is another program: what is left of it is left alone";
        try
        {
            if (composition.Named.End(named, guarded, settings.Grace))
            {
                return null;
            }
        }
        catch (GuardException e) when (IsStuck(e))
        {
            problem = e.Problem.Text;
        }

        return new WatchFinding(Messages.NamedNotEnded(named.Name, named.Process.Pid, problem), null, named);
    }

    private static WatchFinding TreeEnded(TreeSample tree, double usedPercent, bool dryRun) =>
        new(Messages.TreeEnded(tree.Id.Value, tree.Label, tree.MemoryBytes, usedPercent, dryRun), tree);

    private static bool IsStuck(GuardException e) => e.Problem.Code == "BG4003";
}
