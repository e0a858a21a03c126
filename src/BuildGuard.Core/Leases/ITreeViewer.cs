namespace BuildGuard.Leases;

/// <summary>Reads the tree without taking part in it.</summary>
public interface ITreeViewer
{
    /// <summary>What stands under a lock now.</summary>
    TreeSnapshot Look(string lockName);
}
