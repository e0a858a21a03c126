namespace BuildGuard.Leases;

/// <summary>
/// What a ticket says once it has become a lease. Written before anything is started, so that a successor can end
/// what a killed holder left behind.
/// </summary>
/// <param name="AcquiredAt">When the turn came, UTC; when its place was prepared, while it waits. For people.</param>
/// <param name="Container">
/// What the containment needs to find the lease's processes again, in its own words; empty if the lease starts nothing itself.
/// </param>
public sealed record GrantRecord(DateTimeOffset AcquiredAt, string Container);
