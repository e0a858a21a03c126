using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>
/// Sleeps on several tickets at once. A thread can sleep on one lock only, so there is one for each; this is done by
/// the first waiter alone, and for as many tickets as run.
/// </summary>
internal sealed class FirstFree
{
    private readonly Queue<(LivingTicket Ticket, TicketState? State, Exception? Problem)> _free = new();

    /// <summary>Begins. Each ticket's file is closed when it has come free, also if nobody asks any more.</summary>
    public FirstFree(IReadOnlyList<LivingTicket> tickets)
    {
        foreach (LivingTicket ticket in tickets)
        {
            BackgroundThread.Start("waiting for a slot", () => Sleep(ticket));
        }
    }

    /// <summary>Sleeps until the next one is free; tells which, and how it ended.</summary>
    public (LivingTicket Ticket, TicketState? State) Next()
    {
        lock (_free)
        {
            while (_free.Count == 0)
            {
                Monitor.Wait(_free);
            }

            (LivingTicket ticket, TicketState? state, Exception? problem) = _free.Dequeue();

            // On the thread itself it would end the program; the one who waits knows better what to do.
            return problem is null ? (ticket, state) : throw problem;
        }
    }

    private void Sleep(LivingTicket ticket)
    {
        TicketState? state = null;
        Exception? problem = null;
        try
        {
            using (ticket)
            {
                ticket.File.WaitUntilFree();
                state = ticket.File.ReadState();
            }
        }
        catch (Exception e)
        {
            problem = e;
        }

        lock (_free)
        {
            _free.Enqueue((ticket, state, problem));
            Monitor.Pulse(_free);
        }
    }
}
