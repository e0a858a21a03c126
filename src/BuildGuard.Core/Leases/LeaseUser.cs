namespace BuildGuard.Leases;

/// <summary>
/// Whose a dead lease is. In a directory that users share anybody may make a ticket that bears the name of a past lease, so what
/// it says holds of its maker's processes alone. The default is a lease of this user's own, or under a lock of his own.
/// </summary>
/// <param name="Only">The id of the user whose processes alone it may have left; <c>null</c>: whoever's, for it may have changed users.</param>
/// <param name="IsAnothers">
/// Whether it is another user's, or nobody can tell: what this user may not end does not hold him up, for then anybody could
/// hold up everybody for ever.
/// </param>
public readonly record struct LeaseUser(uint? Only, bool IsAnothers)
{
    private const uint Root = 0;

    /// <summary>Finds out whose a lease is.</summary>
    internal static LeaseUser Of(IStateFiles files, StateLayout layout, LeaseId lease)
    {
        if (!layout.IsShared(lease.Lock))
        {
            return default;
        }

        // What is inside is the outermost one's: its queue is closed to others.
        using LockFile? ticket = files.Open(layout.TicketOf(lease.Outermost), write: false);
        return ticket?.User switch
        {
            // Gone, or it has a second name, which others may have given it.
            null => new LeaseUser(files.User, IsAnothers: true),
            { } user when user == files.User => default,
            Root => new LeaseUser(null, IsAnothers: true),
            { } user => new LeaseUser(user, IsAnothers: true),
        };
    }
}
