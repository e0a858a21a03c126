namespace BuildGuard.Leases;

/// <summary>What the lease tree of one lock looked like at one moment.</summary>
/// <param name="Lock">The name of the lock.</param>
/// <param name="Leases">Who runs, parents before children.</param>
/// <param name="Queue">Who waits, in order; a place in the queue of a lease names it as its parent.</param>
public sealed record TreeSnapshot(string Lock, IReadOnlyList<LeaseView> Leases, IReadOnlyList<TicketView> Queue);

/// <summary>A lease that is held.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Record">Who took it.</param>
/// <param name="Grant">Since when, and in which container.</param>
/// <param name="HolderAlive">Whether its holder still runs; if not, the next one in the queue cleans up.</param>
public sealed record LeaseView(LeaseId Id, LeaseRecord Record, GrantRecord Grant, bool HolderAlive);

/// <summary>A place in a queue.</summary>
/// <param name="Position">1 is next.</param>
/// <param name="Parent">The lease whose queue it is; <c>null</c> for the lock's own.</param>
/// <param name="Number">The ticket's number.</param>
/// <param name="Record">Who waits.</param>
public sealed record TicketView(int Position, LeaseId? Parent, ulong Number, LeaseRecord Record);

/// <summary>Looks at lease trees without touching them.</summary>
public interface ITreeViewer
{
    /// <summary>The tree of one lock; empty if nobody ever used it.</summary>
    TreeSnapshot Look(string lockName);
}
