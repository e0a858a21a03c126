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
            Ahead ahead = LookOnce(node, self, slots, mutex, listing, missing);
            if (!ahead.HasLostOne)
            {
                return ahead;
            }

            ahead.Dispose();
            listing = node.Listing();
            missing = Missing.Find(node, mutex, listing);
        }
    }

    private static Ahead LookOnce(Node node, TicketName self, int slots, NodeMutex mutex, NodeListing listing, Missing missing)
    {
        var ahead = new Ahead(slots) { Ghosts = missing.Ghosts, HasLostOne = missing.HasReturned };
        List<(TicketName Name, TicketFile? File)> unheld = [];
        try
        {
            List<TicketName> before = listing.Tickets.FindAll(n => n.Number < self.Number);
            before.Reverse();
            foreach (TicketName name in before)
            {
                if (node.Open(name) is not { } file)
                {
                    if (node.Exists(name))
                    {
                        unheld.Add((name, null));
                    }
                    else
                    {
                        ahead.HasLostOne = true;
                    }

                    continue;
                }

                if (!file.IsHeld())
                {
                    unheld.Add((name, file));
                    continue;
                }

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
            }

            FindDisplaced(node, mutex, unheld, ahead);
            foreach ((TicketName name, TicketFile? file) in unheld.Where(one => !ahead.Ghosts.Exists(ghost => ghost.Name == one.Name)))
            {
                Sort(node, mutex, name, file, ahead);
            }
        }
        finally
        {
            unheld.ForEach(one => one.File?.Dispose());
        }

        ahead.Leftovers.AddRange(missing.Dead.FindAll(name => !ahead.Leftovers.Contains(name)));
        return ahead;
    }

    /// <summary>
    /// Before anybody is taken for dead: what stands in his ticket's place may be another file than the one that he holds. Looked
    /// for after all of them were opened, or one could be replaced between the two.
    /// </summary>
    private static void FindDisplaced(Node node, NodeMutex mutex, List<(TicketName Name, TicketFile? File)> unheld, Ahead ahead)
    {
        if (!unheld.Exists(one => IsDoubtful(mutex, one.Name, one.File)))
        {
            return;
        }

        foreach ((TicketName name, TicketFile file) in node.Holders.OpenDisplaced())
        {
            if (ahead.Ghosts.Exists(ghost => ghost.Name == name))
            {
                file.Dispose();
                continue;
            }

            // What stands in its place now makes everybody doubt; if that goes, this does.
            mutex.LastGranted ??= name;
            ahead.Ghosts.Add((name, file));
        }
    }

    /// <summary>Who has given back has said so, and taken his name out of the mutex, before he let go.</summary>
    private static bool IsDoubtful(NodeMutex mutex, TicketName name, TicketFile? file) =>
        file?.ReadState() is not (TicketState.Released or TicketState.Vacated) || mutex.LastGranted == name;

    /// <summary>Decides what to do about a ticket that nobody holds.</summary>
    private static void Sort(Node node, NodeMutex mutex, TicketName name, TicketFile? file, Ahead ahead)
    {
        TicketState? state = file?.ReadState();
        if (state is not (TicketState.Released or TicketState.Vacated) && !IsStillThere(node, name, file))
        {
            ahead.HasLostOne = true;
            return;
        }

        switch (state)
        {
            case TicketState.Granted or TicketState.Ending:
                ahead.Leftovers.Add(name);
                break;
            case TicketState.Waiting or TicketState.Released or TicketState.Vacated:
                // The place first: the ticket is all that tells of it, and stays for the next one to see if that was too soon.
                if (node.RemovePlace(node.LeaseOf(name), file!.Read()))
                {
                    node.Remove(name);
                }

                break;
            case null when file is null && !node.IsPrivate && mutex.LastGranted != name:
                // A file that another user lets nobody read, or a second name of the mutex: no ticket, and it stays.
                break;
            default:
                // Not ours to understand, or emptied by somebody. It may have been a lease, so its processes are looked for too.
                ahead.Damaged.Add(name);
                break;
        }
    }

    /// <summary>Whether what was opened stands there yet: whoever renamed a ticket may have put it back.</summary>
    private static bool IsStillThere(Node node, TicketName name, TicketFile? opened)
    {
        if (opened is not null)
        {
            return opened.IsInPlace();
        }

        using TicketFile? file = node.Open(name);
        return file is null && node.Exists(name);
    }
}
