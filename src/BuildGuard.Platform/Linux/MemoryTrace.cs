namespace BuildGuard.Platform.Linux;

/// <summary>As long as all of it stays the same, so does what a process has of memory.</summary>
/// <param name="Faults">Pages that it was given so far.</param>
/// <param name="VirtualBytes">Its address space, in bytes.</param>
/// <param name="ResidentPages">Its pages in memory.</param>
internal readonly record struct MemoryTrace(long Faults, long VirtualBytes, long ResidentPages);
