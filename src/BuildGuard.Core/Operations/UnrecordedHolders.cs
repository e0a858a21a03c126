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
    public IReadOnlyList<ProcessRow> Look() => RowsOf(FindTwice(Recorded()));

    /// <summary>Looks for them; whoever asks, and what that descends from, is none.</summary>
    /// <param name="recorded">Those whom tickets tell of.</param>
    public IReadOnlyList<ProcessRow> Look(IEnumerable<StopTarget> recorded) => RowsOf(Find(recorded));

    /// <summary>The same of one lease and what is inside it.</summary>
    /// <param name="recorded">Those whom tickets tell of, all of them.</param>
    /// <param name="only">The lease.</param>
    public IReadOnlyList<ProcessRow> Look(IEnumerable<StopTarget> recorded, LeaseId only) => RowsOf(In(only, Find(recorded)));

    /// <summary>Looks for them as <see cref="Look()"/> does, and tells all that is known of each.</summary>
    /// <param name="recorded">Those whom tickets tell of.</param>
    /// <param name="unreadable">The tickets that are held and cannot be read.</param>
    public IReadOnlyList<UnrecordedHolder> Describe(IReadOnlyList<StopTarget> recorded, IReadOnlyList<UnreadableTicket> unreadable)
    {
        ArgumentNullException.ThrowIfNull(unreadable);
        return [.. FindTwice(recorded).Select(found => Describe(found, unreadable)).OfType<UnrecordedHolder>()];
    }

    /// <summary>Asks them to end, and kills those that do not, with what they started.</summary>
    /// <param name="recorded">Those whom tickets tell of, who are not touched.</param>
    /// <param name="verb">Who does it, as in <see cref="EmergencyStop"/>.</param>
    /// <returns>Those that were there.</returns>
    public IReadOnlyList<ProcessRow> End(IEnumerable<StopTarget> recorded, string verb = "stop") => End(Find(recorded), verb);

    /// <summary>The same of one lease and what is inside it.</summary>
    /// <param name="only">The lease.</param>
    /// <param name="verb">Who does it.</param>
    public IReadOnlyList<ProcessRow> End(LeaseId only, string verb) => End(In(only, Find(Recorded())), verb);

    private IReadOnlyList<ProcessRow> End(List<Found> found, string verb)
    {
        IReadOnlyList<ProcessRow> rows = RowsOf(found);
        if (found.Count == 0)
        {
            return rows;
        }

        List<ProcessIdentity> trees = [.. found.SelectMany(one => EmergencyStop.TreeOf(one.Identity, processes))];
        LeaseId[] leases = [.. found.Select(one => one.Lease).OfType<LeaseId>().Distinct()];
        Array.ForEach(leases, lease => StopMark.Leave(files, layout, lease, new StopCause(verb)));
        foreach (Found one in found)
        {
            if (one.IsBuild)
            {
                signals.Interrupt(one.Identity);
            }
            else
            {
                signals.Terminate(one.Identity);
            }
        }

        long start = Stopwatch.GetTimestamp();
        while (found.Exists(one => processes.IsAlive(one.Identity) != false) && Stopwatch.GetElapsedTime(start) < EmergencyStop.Patience)
        {
            Thread.Sleep(EmergencyStop.Pause);
        }

        trees.ForEach(signals.Kill);
        Array.ForEach(leases, lease => StopMark.TakeBack(files, layout, lease));
        return rows;
    }

    private StopTarget[] Recorded() => [.. viewer.LookAtAll().SelectMany(StopTarget.Of)];

    private List<Found> FindTwice(IEnumerable<StopTarget> recorded)
    {
        List<Found> first = Find(recorded);
        return first.Count == 0 ? first : Find(Recorded()).FindAll(found => first.Exists(one => one.Identity == found.Identity) && !IsToldOf(found));
    }

    /// <summary>
    /// Whether the ticket that it keeps names it: written just now, or released and about to be closed. On a machine with much to do
    /// a process may stand for long between two such steps.
    /// </summary>
    private bool IsToldOf(Found found)
    {
        using TicketFile? ticket = found.Lease is { } lease ? TicketFile.Open(files, layout.TicketOf(lease)) : null;
        return ticket?.Read() is { } content
            && (content.Record.Holder == found.Identity ? content.State is TicketState.Released or TicketState.Vacated || ticket.IsHeld() : content.Record.Owner == found.Identity);
    }

    private List<Found> Find(IEnumerable<StopTarget> recorded)
    {
        HashSet<ProcessIdentity> known = [.. recorded.SelectMany(target => (IEnumerable<ProcessIdentity>)(target.Record.Owner is { } owner ? [target.Record.Holder, owner] : [target.Record.Holder]))];
        for (int pid = processes.Self.Pid; pid > 0 && processes.Identify(pid) is { } ancestor && known.Add(ancestor); pid = processes.ParentOf(pid))
        {
        }

        return
        [
            .. from holder in layout.Holders(files, pid => processes.Identify(pid) is { } identity && !known.Contains(identity))
               group holder.Path by holder.Pid into one
               let identity = processes.Identify(one.Key)
               where identity is not null && !known.Contains(identity.Value)
               select new Found(identity.Value, one.Select(layout.LeaseAt).FirstOrDefault(lease => lease is not null), one.Any(StateLayout.IsOwner)),
        ];
    }

    private static List<Found> In(LeaseId only, List<Found> found) => found.FindAll(one => one.Lease is { } lease && lease.IsIn(only));

    private IReadOnlyList<ProcessRow> RowsOf(List<Found> found) => [.. found.Select(one => processes.Describe(one.Identity.Pid)).OfType<ProcessRow>()];

    private UnrecordedHolder? Describe(Found found, IReadOnlyList<UnreadableTicket> unreadable)
    {
        if (processes.Describe(found.Identity.Pid) is not { } row)
        {
            return null;
        }

        TimeSpan most = processes.AgeOf(found.Identity) ?? TimeSpan.Zero;
        TicketContent? ticket = found.Lease is { } lease ? Displaced(lease) : null;
        return new UnrecordedHolder(row, found.Lease)
        {
            Ticket = ticket,
            IsBuild = found.IsBuild,

            // By the wall clock, which somebody may have set.
            Held = ticket?.Grant is { } grant && DateTimeOffset.UtcNow - grant.AcquiredAt is var held && held >= TimeSpan.Zero && held < most ? held : most,
            IsWaiting = ticket is { State: TicketState.Waiting }
                || unreadable.Any(one => one.Id == found.Lease && one.Standing == UnreadableStanding.Waits),
        };
    }

    /// <summary>What a ticket says that was deleted or renamed while its holder has it open.</summary>
    private TicketContent? Displaced(LeaseId lease)
    {
        TicketContent? content = null;
        foreach ((TicketName name, TicketFile file) in new Node(files, layout, lease.Lock, lease.Parent).Holders.OpenDisplaced(alsoWaiting: true))
        {
            using TicketFile ticket = file;
            content ??= name == lease.Ticket ? ticket.Read() : null;
        }

        return content;
    }

    /// <param name="Identity">The process.</param>
    /// <param name="Lease">The lease whose ticket it keeps; <c>null</c> for none.</param>
    /// <param name="IsBuild">Whether it is the build that a session serves.</param>
    private sealed record Found(ProcessIdentity Identity, LeaseId? Lease, bool IsBuild);
}
