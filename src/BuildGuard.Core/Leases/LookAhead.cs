namespace BuildGuard.Leases;

/// <summary>Finds out who stands before a ticket, and tidies up behind those who never will again.</summary>
internal static class LookAhead
{
    /// <summary>
    /// Who stands before a ticket, from the nearest down: to the first one that waits, for whoever was before that is
    /// its concern; for a ticket that wants to be alone, to the first one that lives. The caller holds the mutex, so no
    /// ticket is half made, and has listed the queue under it.
    /// </summary>
    /// <remarks>
    /// Listed again until nothing went meanwhile: a ticket whose file was deleted after the listing was in nobody's way and
    /// not missed either. Under the mutex none comes, so this ends.
    /// </remarks>
    public static Ahead Look(Node node, TicketName self, int slots, NodeMutex mutex, NodeListing listing, Missing missing)
    {
        while (true)
        {
            Ahead ahead = LookOnce(node, self, slots, listing, missing);
            if (!ahead.HasLostOne)
            {
                return ahead;
            }

            ahead.Dispose();
            listing = node.Listing();
            missing = Missing.Find(node, mutex, listing);
        }
    }

    private static Ahead LookOnce(Node node, TicketName self, int slots, NodeListing listing, Missing missing)
    {
        var ahead = new Ahead(slots) { Ghosts = missing.Ghosts };
        List<TicketName> before = listing.Tickets.FindAll(n => n.Number < self.Number);
        before.Reverse();
        foreach (TicketName name in before)
        {
            if (node.Open(name) is not { } file)
            {
                // What is there and is no plain file is none of ours, and stays.
                ahead.HasLostOne |= !node.Exists(name);
                continue;
            }

            if (file.IsHeld())
            {
                var living = new LivingTicket(name, file, slots);
                ahead.Living.Add(living);
                if (living.State is null && file.ReadForeign() is { } foreign)
                {
                    ahead.Dispose();
                    throw LeaseMessages.OtherProtocol(foreign.Protocol, foreign.Version);
                }

                if (slots == 1 || living.HidesOthers)
                {
                    break;
                }

                continue;
            }

            using (file)
            {
                Sort(node, name, file, ahead);
            }
        }

        ahead.Leftovers.AddRange(missing.Dead.FindAll(name => !ahead.Leftovers.Contains(name)));
        return ahead;
    }

    /// <summary>Decides what to do about a ticket that nobody holds.</summary>
    private static void Sort(Node node, TicketName name, TicketFile file, Ahead ahead)
    {
        switch (file.ReadState())
        {
            case TicketState.Granted or TicketState.Ending:
                ahead.Leftovers.Add(name);
                break;
            case TicketState.Waiting or TicketState.Released or TicketState.Vacated:
                // The place first: the ticket is all that tells of it, and stays for the next one to see if that was too soon.
                if (node.RemovePlace(node.LeaseOf(name), file.Read()))
                {
                    node.Remove(name);
                }

                break;
            default:
                // Not ours to understand, or emptied by somebody. It may have been a lease, so its processes are looked for too.
                ahead.Damaged.Add(name);
                break;
        }
    }
}
