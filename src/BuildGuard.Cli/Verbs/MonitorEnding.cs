using BuildGuard.Audit;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;
using BuildGuard.Settings;
using BuildGuard.Watching;

namespace BuildGuard.Cli.Verbs;

/// <summary>How <c>buildguard monitor</c> ends what the watch has chosen: a guarded tree by its lease, an unguarded process by itself.</summary>
internal sealed class MonitorEnding(Composition composition, GuardSettings settings)
{
    /// <summary>Where the names of unguarded processes stand.</summary>
    public string Source { get; } = settings.Inputs.First(input => input.Setting == Setting.MonitorEnds).Source;

    /// <summary>What is said of it, before or after.</summary>
    public WatchFinding FindingOf(IEndable what, double usedPercent, bool dryRun) => what is NamedSample named
        ? new WatchFinding(
            Messages.NamedEnded(named.Name, named.Process.Pid, named.Rule, Source, named.Pids.Count, named.MemoryBytes, usedPercent, dryRun), null, named)
        : TreeEnded((TreeSample)what, usedPercent, dryRun);

    /// <summary>What a watch ended before, and how long ago; <c>null</c>: nothing that is known.</summary>
    public (double UsedPercent, TimeSpan Ago)? Before()
    {
        using LockFile? file = composition.StateFiles.Open(composition.Layout.EndNote, write: false);
        byte[] bytes = new byte[EndNote.MaxBytes];
        return file is not null && EndNote.Parse(bytes.AsSpan(0, file.Read(bytes, 0))) is { } note && note.AgeAt(BootId, Environment.TickCount64) is { } ago
            ? (note.UsedPercent, ago)
            : null;
    }

    /// <summary>Notes that something is ended, for the watch that comes next.</summary>
    /// <exception cref="GuardException">BG0010 or BG0011: it cannot be written.</exception>
    public void Note(double usedPercent)
    {
        string path = composition.Layout.EndNote;
        try
        {
            composition.StateFiles.EnsureDirectory(composition.Layout.Root, shared: false);
            WholeFile.Write(path, new EndNote(BootId, Environment.TickCount64, usedPercent).ToBytes());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GuardException(Messages.UnwritableState(path, e.Message), e);
        }
    }

    private string BootId => composition.Processes.Self.BootId;

    /// <summary>The processes that the audit trail names, while they can still be looked at; a lease has its own record.</summary>
    public IReadOnlyList<AuditProcess>? ProcessesOf(NamedSample? named) => named is null
        ? null
        : [.. named.Pids.Select(composition.Processes.Describe).OfType<ProcessRow>().Select(row => AuditProcess.Of(row))];

    /// <summary>Ends it.</summary>
    /// <param name="what">What is to be ended.</param>
    /// <param name="guarded">The processes that are guarded.</param>
    /// <returns>What to say if it is still there; <c>null</c>: it is gone.</returns>
    public WatchFinding? End(IEndable what, IReadOnlySet<int> guarded) => what is NamedSample named ? EndNamed(named, guarded) : EndTree((TreeSample)what);

    private WatchFinding? EndTree(TreeSample tree)
    {
        var stop = new EmergencyStop(
            composition.StateFiles, composition.Layout, composition.Viewer, composition.Processes, composition.Signals, composition.Reaper(MessageSink.Silent), "monitor");
        try
        {
            IReadOnlyList<StopTarget> left = stop.End(tree.Id, static _ => { });
            return left.Count == 0 ? null : new WatchFinding(Messages.TreeNotEnded(tree.Id.Value, tree.Label, left.Count), tree);
        }
        catch (GuardException e) when (IsStuck(e))
        {
            return new WatchFinding(e.Problem, tree);
        }
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
