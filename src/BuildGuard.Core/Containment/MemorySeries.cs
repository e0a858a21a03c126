namespace BuildGuard.Containment;

/// <summary>What a process tree used over time: the most in each of a few equal stretches, one behind the other from its start.</summary>
/// <param name="EveryMilliseconds">How long each stretch is, in milliseconds; the last one ends with the tree.</param>
/// <param name="Bytes">The most memory that a look found in each, in bytes.</param>
public sealed record MemorySeries(long EveryMilliseconds, IReadOnlyList<long> Bytes)
{
    /// <summary>So many stretches there are at the most.</summary>
    public const int MostPoints = 64;
}
