namespace BuildGuard.Leases;

/// <summary>A lease as a viewer sees it.</summary>
/// <param name="Id">Its name, which tells its ancestors.</param>
/// <param name="Record">Who has it.</param>
/// <param name="Grant">Since when.</param>
/// <param name="HolderAlive">Whether it is still held; otherwise its holder died, and the next one ends what it left.</param>
public sealed record LeaseView(LeaseId Id, LeaseRecord Record, GrantRecord Grant, bool HolderAlive);

/// <summary>A waiting ticket as a viewer sees it.</summary>
/// <param name="Position">Its place in its queue; 1 goes next.</param>
/// <param name="Parent">The lease it waits inside; <c>null</c>: directly under the lock.</param>
/// <param name="Number">Its number.</param>
/// <param name="Record">Who waits.</param>
public sealed record TicketView(int Position, LeaseId? Parent, ulong Number, LeaseRecord Record);

/// <summary>The tree under one lock at one moment.</summary>
/// <param name="Lock">The lock.</param>
/// <param name="Leases">The leases, parents before their children.</param>
/// <param name="Queue">The waiting tickets of all its queues, in their order.</param>
public sealed record TreeSnapshot(string Lock, IReadOnlyList<LeaseView> Leases, IReadOnlyList<TicketView> Queue);
