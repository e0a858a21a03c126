using BuildGuard.Diagnostics;

namespace BuildGuard.Leases;

/// <summary>The way into a queue.</summary>
internal static class Entrance
{
    /// <summary>
    /// Takes the next number. <c>null</c>: the lease this queue is inside has ended.
    /// </summary>
    public static Ticket? Enter(Node node, LeaseRecord record, Action? beforeWaiting)
    {
        NodeMutex mutex = node.MakeMutex();
        bool entered = false;
        try
        {
            while (true)
            {
                using (mutex.Enter(beforeWaiting))
                {
                    if (TakeNumber(node, mutex, record) is not { } ticket)
                    {
                        continue;
                    }

                    // The parent first says that it ends, then looks for children; we first are there, then look whether
                    // it ends. So one of us sees the other.
                    if (node.Holders.ParentIsLive())
                    {
                        entered = true;
                        return ticket;
                    }

                    ticket.Leave();
                    ticket.Dispose();
                }

                node.RemoveQueueIfEmpty();
                return null;
            }
        }
        finally
        {
            if (!entered)
            {
                mutex.Dispose();
            }
        }
    }

    /// <summary>
    /// <c>null</c>: somebody deleted the directory, or the mutex, so that another one may have taken the same number.
    /// </summary>
    private static Ticket? TakeNumber(Node node, NodeMutex mutex, LeaseRecord record)
    {
        NodeListing listing = node.Listing();
        Missing missing = Missing.Find(node, mutex, listing);
        ulong number = Math.Max(mutex.Counter, listing.Tickets.Count == 0 ? 0 : listing.Tickets[^1].Number) + 1;
        if (number > TicketName.MaxNumber)
        {
            throw LeaseMessages.NumbersExhausted(node.Path);
        }

        mutex.Counter = number;
        Ticket ticket;
        try
        {
            ticket = Make(node, mutex, new TicketName(number, (uint)Random.Shared.NextInt64(1L << 32)), record);
        }
        catch (GuardException) when (!mutex.IsInPlace)
        {
            return null;
        }

        try
        {
            // Only now, with the ticket there: had the mutex been lost later, its successor would have seen the ticket.
            if (!mutex.IsInPlace)
            {
                ticket.Leave();
                return null;
            }

            ticket.TakePlace(LookAhead.Look(node, ticket.Name, record.Slots, mutex, listing, missing));
            return ticket;
        }
        catch
        {
            ticket.Leave();
            throw;
        }
    }

    private static Ticket Make(Node node, NodeMutex mutex, TicketName name, LeaseRecord record)
    {
        TicketFile file = node.Create(name, record);
        try
        {
            return new Ticket(node, mutex, name, file, record.Slots);
        }
        catch
        {
            node.Remove(name);
            file.Dispose();
            throw;
        }
    }
}
