namespace BuildGuard.Leases;

/// <summary>
/// Sleeps on several tickets at once. A thread can sleep on one lock only, so there is one for each; this is done by
/// the first waiter alone, and for as many tickets as there are slots.
/// </summary>
internal static class FirstFree
{
    private const int StackBytes = 128 * 1024;

    /// <summary>
    /// Returns as soon as one of the tickets is free. The threads of the others go on sleeping, and each closes its
    /// file when it wakes.
    /// </summary>
    public static void Wait(IReadOnlyList<TicketFile> tickets)
    {
        var free = new TaskCompletionSource();
        foreach (TicketFile ticket in tickets)
        {
            var thread = new Thread(() => Sleep(ticket, free), StackBytes)
            {
                IsBackground = true,
                Name = "waiting for a slot",
            };
            thread.Start();
        }

        free.Task.GetAwaiter().GetResult();
    }

    private static void Sleep(TicketFile ticket, TaskCompletionSource free)
    {
        try
        {
            using (ticket)
            {
                ticket.WaitUntilFree();
            }

            free.TrySetResult();
        }
        catch (Exception e)
        {
            // On a thread of its own it would end the program; the one who waits knows better what to do.
            free.TrySetException(e);
        }
    }
}
