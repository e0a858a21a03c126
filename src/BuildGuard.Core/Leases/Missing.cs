namespace BuildGuard.Leases;

/// <summary>
/// Tickets that ought to be there and are not, because somebody deleted or renamed files: the mutex names one as the last holder,
/// or its queue is there without it, or the mutex itself is new. If they are held, on a file that stands elsewhere or nowhere,
/// they are waited for; if not, their holders are dead and may have left processes.
/// </summary>
internal sealed class Missing
{
    /// <summary>Held ones.</summary>
    public List<(TicketName Name, TicketFile File)> Ghosts { get; } = [];

    /// <summary>Those that nobody holds.</summary>
    public List<TicketName> Dead { get; } = [];

    /// <summary>Whether one was there again when it was looked for: the listing is to be made anew.</summary>
    public bool HasReturned { get; private set; }

    /// <summary>Looks for them. The caller holds the mutex.</summary>
    public static Missing Find(Node node, NodeMutex mutex, NodeListing listing)
    {
        var missing = new Missing();
        List<TicketName> names = listing.Queues.FindAll(queue => !listing.Tickets.Contains(queue));
        if (mutex.LastGranted is { } holder && !listing.Tickets.Contains(holder) && !names.Contains(holder))
        {
            names.Add(holder);
        }

        if (names.Count == 0 && !mutex.IsNew)
        {
            return missing;
        }

        missing.Ghosts.AddRange(node.Holders.OpenDisplaced());
        if (missing.Ghosts.Count > 0)
        {
            // Whoever comes next must be as suspicious as we are, also if we die now.
            mutex.LastGranted = missing.Ghosts[0].Name;
            names.RemoveAll(name => missing.Ghosts.Exists(g => g.Name == name));
        }
        else if (mutex.IsNew)
        {
            // The mutex before this one knew the holder, whose file may be deleted next.
            mutex.LastGranted ??= node.Holders.FirstHeld(listing);
        }

        // Renamed, and put back before it was looked for.
        missing.HasReturned = names.RemoveAll(node.Exists) > 0;
        missing.Dead.AddRange(names);
        return missing;
    }
}
