namespace BuildGuard.Leases;

/// <summary>
/// Reads the tree from its files. Takes no mutex, so it slows nobody down; a ticket that is being made is not shown
/// until it is written.
/// </summary>
public sealed class TreeReader(IStateFiles files, StateLayout layout) : ITreeViewer
{
    /// <inheritdoc/>
    public TreeSnapshot Look(string lockName)
    {
        var leases = new List<LeaseView>();
        var queue = new List<TicketView>();
        Read(new Node(files, layout, lockName, null), leases, queue);
        return new TreeSnapshot(lockName, leases, queue);
    }

    /// <summary>Who stands before a ticket, and who holds the turn that it waits for.</summary>
    /// <returns>The place in the queue, 1 being next, and the holder; <c>null</c> for a holder that just ended.</returns>
    public (int Position, LeaseView? Holder) Ahead(LeaseId lease)
    {
        var leases = new List<LeaseView>();
        var queue = new List<TicketView>();
        ReadOne(new Node(files, layout, lease.Lock, lease.Parent), leases, queue);
        ulong own = lease.Ticket.Number;
        return (queue.Count(t => t.Number < own) + 1, leases.FirstOrDefault(l => l.Id != lease));
    }

    private void Read(Node node, List<LeaseView> leases, List<TicketView> queue)
    {
        int before = leases.Count;
        ReadOne(node, leases, queue);
        foreach (LeaseView lease in leases[before..])
        {
            Read(new Node(files, layout, lease.Id.Lock, lease.Id), leases, queue);
        }
    }

    private void ReadOne(Node node, List<LeaseView> leases, List<TicketView> queue)
    {
        int position = 0;
        foreach (TicketName name in node.Names().OrderBy(n => n.Number))
        {
            LeaseId id = node.LeaseOf(name);
            using TicketFile? file = TicketFile.Open(files, layout.TicketOf(id));
            if (file?.Read() is not { } content)
            {
                continue;
            }

            // The state is read before the lock is tried: a ticket that is released in between is shown as held, which
            // it was, and never as dead, which it was not.
            bool held = file.IsHeld();
            switch (content.State)
            {
                case TicketState.Waiting when held:
                    queue.Add(new TicketView(++position, node.Parent, name.Number, content.Record));
                    break;
                case TicketState.Granted or TicketState.Ending when content.Grant is { } grant:
                    held = held || node.IsLive(id);
                    if (held || file.ReadState() != TicketState.Released)
                    {
                        leases.Add(new LeaseView(id, content.Record, grant, held));
                    }

                    break;
                default:
                    break;
            }
        }
    }
}
