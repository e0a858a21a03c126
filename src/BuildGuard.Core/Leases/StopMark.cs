namespace BuildGuard.Leases;

/// <summary>
/// The file beside a ticket by which <c>buildguard stop</c> tells its holder why it is asked to end, so that it can say so.
/// It decides nothing, and goes with the ticket.
/// </summary>
internal static class StopMark
{
    /// <summary>Leaves it. Where it cannot be written the holder ends without knowing why.</summary>
    public static void Leave(IStateFiles files, StateLayout layout, LeaseId lease)
    {
        try
        {
            files.OpenOrCreate(layout.StopOf(lease), lease.Parent is null && layout.IsShared(lease.Lock))?.Dispose();
        }
        catch (Diagnostics.GuardException)
        {
            return;
        }
    }

    /// <summary>Whether it is there.</summary>
    public static bool IsThere(IStateFiles files, StateLayout layout, LeaseId lease) => files.Exists(layout.StopOf(lease));
}
