using System.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Operations;

/// <summary>
/// Programs that hold a lease, or wait for one, though no ticket tells of it: it is damaged, or the state directory was
/// emptied, removed or closed. The kernel's own list of locks tells of them.
/// </summary>
/// <param name="files">The state files.</param>
/// <param name="layout">Where they lie.</param>
/// <param name="viewer">Reads the lease tree.</param>
/// <param name="processes">Running processes.</param>
/// <param name="signals">Signals to them.</param>
public sealed class UnrecordedHolders(
    IStateFiles files, StateLayout layout, TreeReader viewer, IProcessTable processes, IProcessSignals signals)
{
    /// <summary>
    /// Looks for them, beside whom all tickets there are tell of. Looks twice if there is one: between the tickets and the locks
    /// somebody may have come, or gone.
    /// </summary>
    /// <exception cref="Diagnostics.GuardException">The state directory cannot be read.</exception>
    public IReadOnlyList<ProcessRow> Look() =>
        Look(Recorded()) is { Count: > 0 } first ? [.. Look(Recorded()).Where(row => first.Any(one => one.Identity == row.Identity))] : [];

    /// <summary>Looks for them; whoever asks, and what that descends from, is none.</summary>
    /// <param name="recorded">Those whom tickets tell of.</param>
    public IReadOnlyList<ProcessRow> Look(IEnumerable<StopTarget> recorded) =>
        [.. Find(recorded).Select(found => processes.Describe(found.Identity.Pid)).OfType<ProcessRow>()];

    /// <summary>Asks them to end, and kills those that do not, with what they started.</summary>
    /// <param name="recorded">Those whom tickets tell of, who are not touched.</param>
    /// <param name="verb">Who does it, as in <see cref="EmergencyStop"/>.</param>
    /// <returns>Those that were there.</returns>
    public IReadOnlyList<ProcessRow> End(IEnumerable<StopTarget> recorded, string verb = "stop")
    {
        List<(ProcessIdentity Identity, bool IsBuild)> found = Find(recorded);
        List<ProcessRow> rows = [.. found.Select(one => processes.Describe(one.Identity.Pid)).OfType<ProcessRow>()];
        if (found.Count == 0)
        {
            return rows;
        }

        List<ProcessIdentity> trees = [.. found.SelectMany(one => EmergencyStop.TreeOf(one.Identity, processes))];
        LeaveMarks(verb);
        foreach ((ProcessIdentity identity, bool isBuild) in found)
        {
            if (isBuild)
            {
                signals.Interrupt(identity);
            }
            else
            {
                signals.Terminate(identity);
            }
        }

        long start = Stopwatch.GetTimestamp();
        while (found.Exists(one => processes.IsAlive(one.Identity) != false) && Stopwatch.GetElapsedTime(start) < EmergencyStop.Patience)
        {
            Thread.Sleep(EmergencyStop.Pause);
        }

        trees.ForEach(signals.Kill);
        return rows;
    }

    private StopTarget[] Recorded() => [.. viewer.LookAtAll().SelectMany(StopTarget.Of)];

    private List<(ProcessIdentity Identity, bool IsBuild)> Find(IEnumerable<StopTarget> recorded)
    {
        HashSet<ProcessIdentity> known = [.. recorded.SelectMany(target => (IEnumerable<ProcessIdentity>)(target.Record.Owner is { } owner ? [target.Record.Holder, owner] : [target.Record.Holder]))];
        for (int pid = processes.Self.Pid; pid > 0 && processes.Identify(pid) is { } ancestor && known.Add(ancestor); pid = processes.ParentOf(pid))
        {
        }

        return
        [
            .. from holder in layout.Holders(files)
               group holder.Path by holder.Pid into one
               let identity = processes.Identify(one.Key)
               where identity is not null && !known.Contains(identity.Value)
               select (identity.Value, one.Any(StateLayout.IsOwner)),
        ];
    }

    /// <summary>Where a damaged ticket still has its name, its holder can say who ended it.</summary>
    private void LeaveMarks(string verb)
    {
        try
        {
            foreach (UnreadableTicket ticket in viewer.LookAtAll().SelectMany(tree => tree.Unreadable))
            {
                StopMark.Leave(files, layout, ticket.Id, verb);
            }
        }
        catch (Diagnostics.GuardException)
        {
            // They end without knowing why.
            return;
        }
    }
}
