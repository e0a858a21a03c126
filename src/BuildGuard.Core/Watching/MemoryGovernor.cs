using BuildGuard.Leases;

namespace BuildGuard.Watching;

/// <summary>
/// Decides which guarded tree is ended when memory runs out: one at a time, the largest, and the next only when the end of the
/// one before has shown what it gave.
/// </summary>
internal sealed class MemoryGovernor(double thresholdPercent)
{
    /// <summary>A tree that takes less is not ended, in bytes: that would cost an operation and give nothing.</summary>
    public const long WorthEnding = 32 << 20;

    /// <summary>Memory below that share of the threshold counts as calm again: 78 % where the threshold is 80 %.</summary>
    private const double Calm = 0.975;

    /// <summary>A change by that share of the whole is one, in per cent.</summary>
    private const double Change = 0.5;

    /// <summary>So often it is measured after an end that gave nothing, before the next may be ended.</summary>
    private const int Patience = 6;

    private readonly HashSet<LeaseId> _stuck = [];
    private double? _last;
    private double _atEnd;
    private bool _hasFallen;
    private int _measured;
    private TreeSample? _ended;

    /// <summary>Whether memory has been above the threshold since it was last calm.</summary>
    public bool IsHigh { get; private set; }

    /// <summary>The tree to end now; <c>null</c>: none, because there is no need, none that would help, or it is not the time.</summary>
    public TreeSample? Judge(WatchSample sample)
    {
        double used = sample.UsedPercent;
        bool isFalling = used < _last - Change;
        _last = used;
        _stuck.RemoveWhere(lease => !sample.Trees.Any(tree => tree.Id == lease));
        IsHigh = used >= thresholdPercent || (IsHigh && used > thresholdPercent * Calm);
        _ended = IsHigh ? _ended : null;
        return IsOver(sample, used) && used >= thresholdPercent && !isFalling ? LargestOf(sample) : null;
    }

    /// <summary>The tree was ended.</summary>
    public void Ended(TreeSample tree, double usedPercent) => (_ended, _atEnd, _measured, _hasFallen) = (tree, usedPercent, 0, false);

    /// <summary>The tree could not be ended; it is not tried again.</summary>
    public void NotEnded(TreeSample tree) => _stuck.Add(tree.Id);

    /// <summary>Whether the end before, if there was one, has shown what it gave.</summary>
    private bool IsOver(WatchSample sample, double used)
    {
        if (_ended is null)
        {
            return true;
        }

        if (sample.Trees.Any(tree => tree.Id == _ended.Id))
        {
            return false;
        }

        _measured++;
        _hasFallen |= used < _atEnd - Change || used < thresholdPercent;
        return _measured > 1 && (_hasFallen || _measured >= Patience);
    }

    private TreeSample? LargestOf(WatchSample sample) =>
        sample.Trees.Where(tree => tree.MayBeEnded && tree.MemoryBytes >= WorthEnding && !_stuck.Contains(tree.Id)).MaxBy(tree => tree.MemoryBytes);
}
