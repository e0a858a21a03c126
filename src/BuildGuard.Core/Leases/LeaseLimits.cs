namespace BuildGuard.Leases;

/// <summary>What an operation's process tree may use at the most, as it was started. For people; nothing is enforced by it.</summary>
/// <param name="MemoryBytes">Memory, in bytes; <c>null</c>: as much as there is.</param>
/// <param name="Processes">Processes; <c>null</c>: any number.</param>
public sealed record LeaseLimits(long? MemoryBytes, int? Processes);
