namespace BuildGuard.Watching;

/// <summary>What the watch may end when memory runs out: a guarded operation, or an unguarded process that the configuration names.</summary>
public interface IEndable
{
    /// <summary>Tells it from every other, in this look and in later ones.</summary>
    object Key { get; }

    /// <summary>Memory that its end is expected to give back, in bytes.</summary>
    long MemoryBytes { get; }
}
