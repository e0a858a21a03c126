namespace BuildGuard.Leases;

/// <summary>How a ticket waits for those before it, and what it learns of how they ended.</summary>
/// <param name="node">The queue.</param>
/// <param name="slots">What the ticket asks for.</param>
internal sealed class Sleep(Node node, int slots)
{
    private readonly HashSet<TicketName> _silent = [];
    private FirstFree? _holders;

    /// <summary>Tickets that came free as leases: their holders died.</summary>
    public HashSet<TicketName> Died { get; } = [];

    /// <summary>Tickets that came free in any other way.</summary>
    public HashSet<TicketName> Gone { get; } = [];

    /// <summary>
    /// Sleeps until something has changed before us. <c>true</c>: what is known of those before us is right again;
    /// <c>false</c>: the queue must be looked at.
    /// </summary>
    public bool Once(Ahead ahead)
    {
        if (ahead.Ghosts.Count > 0)
        {
            On(ahead.Ghosts[0].Name, ahead.Ghosts[0].File);
            return false;
        }

        if (slots == 1)
        {
            return OnNearest(ahead);
        }

        return ahead.Waiter is { } waiter ? OnWaiter(ahead, waiter) : OnHolders(ahead);
    }

    /// <summary>
    /// The one before us held the lease alone and released it: whoever was before it had gone before it was granted, and
    /// nobody came between it and us.
    /// </summary>
    private bool OnNearest(Ahead ahead)
    {
        LivingTicket nearest = ahead.Living[0];
        if (AwaitFree(nearest.File) is var state && state != TicketState.Released)
        {
            Note(nearest.Name, state);
            return false;
        }

        ahead.Living.Clear();
        return true;
    }

    /// <summary>Several may run, so it is enough that the one before us is granted; it says so by its turn signal.</summary>
    private bool OnWaiter(Ahead ahead, LivingTicket waiter)
    {
        bool signalled = !_silent.Contains(waiter.Name) && node.WaitForSignal(waiter.Name);
        bool waits = waiter.File.ReadState() == TicketState.Waiting;
        if (signalled && waits)
        {
            // It is leaving in this moment, or somebody else put a file there that nobody holds: to ask it again would never end.
            _silent.Add(waiter.Name);
        }

        if (signalled || !waits)
        {
            return false;
        }

        // It wants to be alone, so it gives no signal: it was not granted while we looked for one.
        bool alone = On(waiter.Name, waiter.File) == TicketState.Released;
        if (alone)
        {
            ahead.Living.ForEach(l => l.Dispose());
            ahead.Living.Clear();
        }

        return alone;
    }

    /// <summary>
    /// We are the first that waits, and sleep on all who run. Whoever ends as it should makes room; nobody can come in
    /// before us, so the queue need not be looked at again.
    /// </summary>
    private bool OnHolders(Ahead ahead)
    {
        _holders ??= new FirstFree(ahead.GiveFilesAway());
        (LivingTicket ticket, TicketState? state) = _holders.Next();
        Note(ticket.Name, state);
        if (state is TicketState.Released or TicketState.Vacated)
        {
            ahead.Living.Remove(ticket);
            return true;
        }

        _holders = null;
        return false;
    }

    /// <summary>Sleeps until a ticket is free, and notes how it ended.</summary>
    private TicketState? On(TicketName name, TicketFile file)
    {
        TicketState? state = AwaitFree(file);
        Note(name, state);
        return state;
    }

    private static TicketState? AwaitFree(TicketFile other)
    {
        using TicketFile file = other;
        file.WaitUntilFree();
        return file.ReadState();
    }

    /// <summary>What cannot be read any more may have been a lease.</summary>
    private void Note(TicketName name, TicketState? state) =>
        (state is TicketState.Granted or TicketState.Ending or null ? Died : Gone).Add(name);
}
