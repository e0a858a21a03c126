namespace BuildGuard.Containment;

/// <summary>What a container's processes use at one moment.</summary>
/// <param name="MemoryBytes">Memory that counts against the limit, in bytes.</param>
/// <param name="PeakMemoryBytes">The largest value so far, in bytes; exact where the kernel keeps it.</param>
/// <param name="Processes">Processes now.</param>
/// <param name="PeakProcesses">The largest number seen.</param>
/// <param name="CpuMilliseconds">CPU time consumed by all processes so far, the ended ones included where the kernel keeps it.</param>
/// <param name="MemoryLimitHit">Whether the kernel itself reported that the memory limit was reached.</param>
/// <param name="ProcessLimitHit">Whether the kernel itself reported that its backstop on tasks was reached.</param>
public readonly record struct Usage(
    long MemoryBytes,
    long PeakMemoryBytes,
    int Processes,
    int PeakProcesses,
    long CpuMilliseconds,
    bool MemoryLimitHit,
    bool ProcessLimitHit);
