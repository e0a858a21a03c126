using BuildGuard.Containment;
using BuildGuard.Processes;

namespace BuildGuard.Operations;

/// <summary>
/// The processes that are named when a limit is reached. The kernel may have killed the one that used the memory before anybody
/// looks, and its figures are gone with it: so they are looked at while the use comes near to the limit.
/// </summary>
/// <param name="limits">The limits.</param>
internal sealed class Witnesses(Limits limits)
{
    /// <summary>By how much more of the limit they are looked at again, in per cent.</summary>
    private const int AgainPercent = 4;

    /// <summary>As many as a container describes; of more it is not known whether one is still there.</summary>
    private const int MostDescribed = 64;

    /// <summary>"Dead" among the kernel's states.</summary>
    private const char Dead = 'X';

    private IReadOnlyList<ProcessRow> _near = [];
    private long _nearBytes;

    /// <summary>Told of each look that found no limit reached.</summary>
    /// <param name="memoryBytes">What the tree uses.</param>
    /// <param name="processes">Looks at its processes.</param>
    public void Note(long memoryBytes, Func<IReadOnlyList<ProcessRow>> processes)
    {
        if (limits.MemoryBytes is not { } limit)
        {
            return;
        }

        if (memoryBytes < limit * Supervision.NearPercent / 100)
        {
            // Whoever had so much has given it back, or has ended by itself.
            (_near, _nearBytes) = ([], 0);
        }
        else if (memoryBytes - _nearBytes > limit * AgainPercent / 100)
        {
            (_near, _nearBytes) = (processes(), memoryBytes);
        }
    }

    /// <summary>Those to be named.</summary>
    /// <param name="finding">The limit that is reached.</param>
    /// <param name="now">The processes there are now.</param>
    public IReadOnlyList<ProcessRow> Of(Finding finding, IReadOnlyList<ProcessRow> now)
    {
        if (finding != Finding.MemoryLimit || now.Sum(static row => row.MemoryBytes) >= _near.Sum(static row => row.MemoryBytes))
        {
            return now;
        }

        HashSet<ProcessIdentity> alive = [.. now.Select(static row => row.Identity)];
        return [.. _near.Select(row => now.Count >= MostDescribed || alive.Contains(row.Identity) ? row : row with { State = Dead })];
    }
}
