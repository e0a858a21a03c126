namespace BuildGuard.Watching;

/// <summary>
/// Decides what is ended when memory runs out: one at a time, the largest, whether it is guarded or named by the configuration, and
/// the next only when the end of the one before has shown what it gave.
/// </summary>
internal sealed class MemoryGovernor(double thresholdPercent)
{
    /// <summary>What takes less is not ended, in bytes: that would cost somebody's work and give nothing.</summary>
    public const long WorthEnding = 32 << 20;

    /// <summary>Memory below that share of the threshold counts as calm again: 78 % where the threshold is 80 %.</summary>
    private const double Calm = 0.975;

    /// <summary>A change by that share of the whole is one, in per cent.</summary>
    private const double Change = 0.5;

    /// <summary>So often it is measured after an end that gave nothing, before the next may be ended.</summary>
    private const int Patience = 6;

    /// <summary>The time that counts as one measurement of an end that was before the first look.</summary>
    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(5);

    private readonly HashSet<object> _stuck = [];
    private double? _last;
    private double _atEnd;
    private bool _hasFallen;
    private int _measured;
    private object? _ended;

    /// <summary>Whether memory has been above the threshold since it was last calm.</summary>
    public bool IsHigh { get; private set; }

    /// <summary>What to end now; <c>null</c>: none, because there is no need, none that would help, or it is not the time.</summary>
    public IEndable? Judge(WatchSample sample)
    {
        double used = sample.UsedPercent;
        bool isFalling = used < _last - Change;
        _last = used;
        _stuck.RemoveWhere(key => !IsThere(sample, key));
        IsHigh = used >= thresholdPercent || (IsHigh && used > thresholdPercent * Calm);
        _ended = IsHigh ? _ended : null;
        return IsOver(sample, used) && used >= thresholdPercent && !isFalling ? LargestOf(sample) : null;
    }

    /// <summary>It was ended.</summary>
    public void Ended(IEndable what, double usedPercent) => (_ended, _atEnd, _measured, _hasFallen) = (what.Key, usedPercent, 0, false);

    /// <summary>Another watch ended something.</summary>
    /// <param name="usedPercent">Memory in use at that time, in per cent.</param>
    /// <param name="ago">How long ago that was.</param>
    /// <returns>Whether it still counts.</returns>
    public bool EndedBefore(double usedPercent, TimeSpan ago)
    {
        int measured = (int)Math.Min(Patience, ago / s_pace);
        if (measured >= Patience - 1)
        {
            return false;
        }

        (_ended, _atEnd, _measured, _hasFallen) = (new object(), usedPercent, measured, false);
        return true;
    }

    /// <summary>It could not be ended; it is not tried again.</summary>
    public void NotEnded(IEndable what) => _stuck.Add(what.Key);

    /// <summary>Whether the end before, if there was one, has shown what it gave.</summary>
    private bool IsOver(WatchSample sample, double used)
    {
        if (_ended is null)
        {
            return true;
        }

        if (IsThere(sample, _ended))
        {
            return false;
        }

        _measured++;
        _hasFallen |= used < _atEnd - Change || used < thresholdPercent;
        return _measured > 1 && (_hasFallen || _measured >= Patience);
    }

    private IEndable? LargestOf(WatchSample sample) =>
        sample.Endable.Where(one => one.MemoryBytes >= WorthEnding && !_stuck.Contains(one.Key)).MaxBy(one => one.MemoryBytes);

    private static bool IsThere(WatchSample sample, object key) => sample.Endable.Any(one => one.Key.Equals(key));
}
