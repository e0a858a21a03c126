namespace BuildGuard.Leases;

/// <summary>A lease that is held.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Record">Who has it; <c>null</c> if that cannot be told.</param>
/// <param name="IsOwn">Whether it is this user's.</param>
internal sealed record HeldLease(LeaseId Id, LeaseRecord? Record, bool IsOwn);
