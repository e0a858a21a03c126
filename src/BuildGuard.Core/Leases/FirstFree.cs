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
        var free = new ManualResetEventSlim();
        foreach (TicketFile ticket in tickets)
        {
            var thread = new Thread(
                () =>
                {
                    ticket.WaitUntilFree();
                    free.Set();
                    ticket.Dispose();
                },
                StackBytes)
            {
                IsBackground = true,
                Name = "waiting for a slot",
            };
            thread.Start();
        }

        free.Wait();
    }
}
