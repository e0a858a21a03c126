using BuildGuard.Preflight;
using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>Finds out for people who stands before a ticket of a queue, and who holds the turn that it waits for.</summary>
/// <param name="node">That queue.</param>
/// <param name="processes">Running processes.</param>
/// <param name="shown">What may be shown of command lines; <c>null</c>: what the tickets tell.</param>
internal sealed class StandingReader(Node node, IProcessTable processes, ShownCommands? shown)
{
    private readonly TicketViews _views = new(processes, shown);

    /// <summary>Who stands before a ticket.</summary>
    /// <remarks>
    /// Those behind the first that waits are counted by their names and not opened: every waiter asks this, and a queue
    /// would cost the square of its length.
    /// </remarks>
    public QueueStanding Ahead(LeaseId lease)
    {
        TicketName[] before = [.. node.Names().Where(n => n.Number < lease.Ticket.Number)];
        LeaseView? holder = null;
        LeaseId? unreadable = null;
        using var displaced = new Displaced(node);
        for (int i = 0; i < before.Length; i++)
        {
            LeaseId id = node.LeaseOf(before[i]);
            using TicketFile? there = node.Open(id.Ticket);
            TicketFile? file = displaced.Instead(id.Ticket, there) ?? there;
            if (file is null)
            {
                continue;
            }

            if (file.Read() is not { } content)
            {
                unreadable ??= node.Holders.IsKept(id) || TicketViews.StaysUnreadable(file) ? id : null;
                continue;
            }

            bool held = file.IsHeld();
            if (content.State == TicketState.Waiting && held)
            {
                return BehindOneThatWaits(before[i], content.Record, before.Length - i, holder, unreadable);
            }

            holder ??= _views.Of(node, id, file, content, held);
        }

        holder ??= unreadable is null ? DeletedHolder(lease.Ticket) : null;
        return new QueueStanding(1, holder, null) { Unreadable = unreadable };
    }

    /// <param name="name">The first that waits.</param>
    /// <param name="record">Who it is.</param>
    /// <param name="waiting">How many wait, it among them.</param>
    /// <param name="holder">Who is known to hold the turn.</param>
    /// <param name="unreadable">A ticket before it that is held and cannot be read.</param>
    private QueueStanding BehindOneThatWaits(TicketName name, LeaseRecord record, int waiting, LeaseView? holder, LeaseId? unreadable)
    {
        // Nobody else before it: its turn has come. Either it says what else it waits for, or somebody holds the turn whose
        // file was deleted, or it is being granted.
        PreflightWait? wait = holder is null && unreadable is null ? node.WaitOf(name) : null;
        holder ??= unreadable is null && wait is null ? DeletedHolder(name) : null;
        if (holder is not null || unreadable is not null)
        {
            return new QueueStanding(waiting + 1, holder, null) { Unreadable = holder is null ? unreadable : null };
        }

        return new QueueStanding(wait is null ? waiting : waiting + 1, null, _views.Of(1, node, name, record) with { WaitsFor = wait });
    }

    /// <summary>Who holds the turn before a ticket though somebody deleted or renamed the file; <c>null</c> if nobody is known to.</summary>
    private LeaseView? DeletedHolder(TicketName before)
    {
        if (!node.MayMissHolder())
        {
            return null;
        }

        LeaseView? holder = null;
        foreach ((TicketName name, TicketFile file) in node.Holders.OpenDisplaced())
        {
            using (file)
            {
                if (holder is null && name.Number < before.Number && file.Read() is { State: TicketState.Granted or TicketState.Ending } content)
                {
                    holder = _views.Of(node, node.LeaseOf(name), file, content, held: true);
                }
            }
        }

        return holder;
    }
}
