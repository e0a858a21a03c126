using BuildGuard.Containment;

namespace BuildGuard.Operations;

/// <summary>
/// Keeps what the looks at a running operation found of its memory, in a buffer that does not grow: when it is full, each two
/// stretches become one with the larger of their values, so that no peak is lost. Knows no clock: it is told.
/// </summary>
internal sealed class MemorySampling
{
    /// <summary>How long a stretch is in the beginning, in milliseconds: one look, as often as there are any.</summary>
    private const long Shortest = 20;

    // Made at the first look; a short command ends before it.
    private long[]? _points;
    private int _count;
    private long _every = Shortest;
    private long _last;
    private bool _hasTwo;

    /// <summary>Takes a look in.</summary>
    /// <param name="running">How long the operation had been running; not less than at the look before.</param>
    /// <param name="bytes">The memory of its tree, in bytes.</param>
    public void Add(TimeSpan running, long bytes)
    {
        _hasTwo = _points is not null;
        if (!_hasTwo)
        {
            (_points, _last) = (new long[MemorySeries.MostPoints], bytes);
        }

        int at = Reach((long)running.TotalMilliseconds);
        _points![at] = Math.Max(_points[at], bytes);
        _last = bytes;
    }

    /// <summary>What was found; <c>null</c> if that is less than two looks, which tell nothing that the peak does not.</summary>
    /// <param name="duration">How long the operation ran.</param>
    public MemorySeries? Conclude(TimeSpan duration)
    {
        if (!_hasTwo)
        {
            return null;
        }

        _ = Reach((long)duration.TotalMilliseconds - 1);
        return new MemorySeries(_every, _points.AsSpan(0, _count).ToArray());
    }

    /// <summary>Goes on to the stretch of that time. Nobody has looked at those between: they are as the last look was.</summary>
    private int Reach(long milliseconds)
    {
        while (milliseconds / _every >= MemorySeries.MostPoints)
        {
            Halve();
        }

        int at = (int)(milliseconds / _every);
        for (; _count <= at; _count++)
        {
            _points![_count] = _last;
        }

        return at;
    }

    private void Halve()
    {
        for (int i = 0; i < _count; i += 2)
        {
            _points![i / 2] = Math.Max(_points[i], i + 1 < _count ? _points[i + 1] : 0);
        }

        _count = (_count + 1) / 2;
        _every *= 2;
    }
}
