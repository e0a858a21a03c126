namespace BuildGuard.Leases.Tests.Simulation;

/// <summary>Unwinds the thread of a simulated process that was killed.</summary>
public sealed class DiedException : Exception;
