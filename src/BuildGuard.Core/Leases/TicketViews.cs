using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>What viewers are shown of a ticket.</summary>
/// <param name="processes">Running processes.</param>
/// <param name="shown">What may be shown of command lines; <c>null</c>: what the tickets tell.</param>
internal sealed class TicketViews(IProcessTable processes, ShownCommands? shown)
{
    /// <summary>How often one that says something else each time is looked at.</summary>
    private const int MaxLooks = 5;

    /// <summary>
    /// The pause between two looks at a ticket that says nothing, and how often an empty one is looked at: to write it takes
    /// microseconds, but on a machine with ten times as much to do as it has cores its maker may not run for a tenth of a second.
    /// </summary>
    private static readonly TimeSpan s_making = TimeSpan.FromMilliseconds(10);
    private const int LooksWhileEmpty = 50;

    /// <summary>
    /// Whether somebody holds a ticket that says nothing. One that is being made is empty first; one that was emptied, or whose
    /// maker is stopped, stays so.
    /// </summary>
    public static bool StaysUnreadable(TicketFile file)
    {
        // Each look by itself: one that nobody holds yet is held and empty in the next moment.
        for (int look = 0; file.IsHeld() && file.Read() is null && file.IsInPlace(); look++)
        {
            if (look >= (file.IsEmpty() ? LooksWhileEmpty : MaxLooks))
            {
                return true;
            }

            Thread.Sleep(s_making);
        }

        return false;
    }

    /// <summary>The lease that a ticket is; <c>null</c> if it is none, or has been released since it was read.</summary>
    public LeaseView? Of(Node node, LeaseId id, TicketFile file, TicketContent content, bool held)
    {
        if (content is not { State: TicketState.Granted or TicketState.Ending, Grant: { } grant })
        {
            return null;
        }

        bool kept = !held && file.ReadState() == TicketState.Granted && node.Holders.IsKept(id);
        return held || kept || file.ReadState() is not (TicketState.Released or TicketState.Vacated)
            ? new LeaseView(id, Shown(content.Record), grant, held || kept)
            {
                IsKeptByBuild = kept,
                Age = AgeOf(content.Record.Holder, grant.AcquiredAt),
                Stopped = StoppedOf(content.Record),
            }
            : null;
    }

    /// <summary>A ticket that waits.</summary>
    public TicketView Of(int position, Node node, TicketName name, LeaseRecord record) => new(position, node.LeaseOf(name), Shown(record))
    {
        Age = AgeOf(record.Holder, record.EnqueuedAt),
        Stopped = StoppedOf(record),
    };

    private LeaseRecord Shown(LeaseRecord record) => shown?.Of(record) ?? record;

    private IReadOnlyList<int> StoppedOf(LeaseRecord record) => Stopped.Among(processes, record.Holder, record.Owner);

    /// <summary>
    /// By the wall clock, for people. It may have been set since, either way: then at least not negative, and never more
    /// than its process is old.
    /// </summary>
    private TimeSpan AgeOf(ProcessIdentity holder, DateTimeOffset since)
    {
        TimeSpan age = DateTimeOffset.UtcNow - since;
        TimeSpan most = processes.AgeOf(holder) ?? TimeSpan.MaxValue;
        return age < TimeSpan.Zero ? TimeSpan.Zero : age < most ? age : most;
    }
}
