namespace BuildGuard.Settings;

/// <summary>What the defaults depend on.</summary>
/// <param name="UsableMemoryBytes">The memory this machine or container may use: the smaller of the physical memory and the limits set on us, in bytes.</param>
/// <param name="Cores">Processors that this process may use.</param>
public readonly record struct MachineFacts(long UsableMemoryBytes, int Cores);
