using BuildGuard.Settings;

namespace BuildGuard.Preflight;

/// <summary>The machine, or the container that we are in.</summary>
public interface IMachine
{
    /// <summary>What does not change while we run.</summary>
    MachineFacts Facts();

    /// <summary>How it is now.</summary>
    MachineState Look();
}

/// <summary>How a machine is at one moment.</summary>
/// <param name="FreeMemoryBytes">
/// Memory that can be had without swapping, in bytes: the kernel's estimate (Linux: <c>MemAvailable</c>) or what the container's
/// limits leave, whichever is less.
/// </param>
/// <param name="Load">The one-minute load; <c>null</c> where there is none.</param>
/// <param name="Pressure">How much work stood still for lack of memory; <c>null</c> where the kernel does not say.</param>
public sealed record MachineState(long FreeMemoryBytes, double? Load, MemoryPressure? Pressure);

/// <summary>Linux pressure stall information for memory: shares of the last ten seconds, in percent.</summary>
/// <param name="Some">At least one task stood still.</param>
/// <param name="Full">All tasks stood still.</param>
public readonly record struct MemoryPressure(double Some, double Full);
