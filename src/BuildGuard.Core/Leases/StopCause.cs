namespace BuildGuard.Leases;

/// <summary>Why a lease is ended by somebody else.</summary>
/// <param name="Verb">The verb that ends it.</param>
/// <param name="Shortage">The shortage of memory for which it is ended; <c>null</c>: for another reason.</param>
public sealed record StopCause(string Verb, MemoryShortage? Shortage = null);

/// <summary>A shortage of memory for which <c>buildguard monitor</c> ends a tree.</summary>
/// <param name="UsedPercent">Memory of the machine or container in use, in per cent.</param>
/// <param name="ThresholdPercent">The threshold that this is above, in per cent.</param>
/// <param name="TreeBytes">Memory of the tree, in bytes.</param>
public sealed record MemoryShortage(double UsedPercent, double ThresholdPercent, long TreeBytes);
