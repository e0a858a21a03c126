namespace BuildGuard.Watching;

/// <summary>The memory of one tree over its last samples, in a ring: whether it only ever grows, and how fast.</summary>
internal sealed class MemoryTrend
{
    /// <summary>At five seconds each, the last five minutes.</summary>
    public const int Capacity = 60;

    /// <summary>Fewer say nothing: every program grows at its start.</summary>
    private const int Enough = 12;

    /// <summary>Growth below that is how programs breathe, in bytes.</summary>
    private const long Breath = 16 << 20;

    /// <summary>The share of the growth that may be lost on the way: what collects its garbage goes far down again.</summary>
    private const double Loss = 0.25;

    private readonly (TimeSpan At, long Bytes)[] _ring = new (TimeSpan, long)[Capacity];
    private int _count;

    /// <summary>Takes a sample in.</summary>
    public void Add(TimeSpan at, long bytes) => _ring[_count++ % Capacity] = (at, bytes);

    /// <summary>
    /// Bytes a second, by least squares; 0 if it does not grow steadily: by a quarter at least, and never far down, over
    /// all the samples and over the later half of them.
    /// </summary>
    public double BytesPerSecond()
    {
        (TimeSpan At, long Bytes)[] samples = InOrder();
        return samples.Length >= Enough && Grows(samples, 0.25) && Grows(samples[(samples.Length / 2)..], 0.05) ? Slope(samples) : 0;
    }

    private static bool Grows((TimeSpan At, long Bytes)[] samples, double share)
    {
        long growth = samples[^1].Bytes - samples[0].Bytes;
        long most = 0, loss = 0;
        foreach ((_, long bytes) in samples)
        {
            most = Math.Max(most, bytes);
            loss = Math.Max(loss, most - bytes);
        }

        return growth >= Math.Max(Breath * share * 4, samples[0].Bytes * share) && loss <= growth * Loss;
    }

    private static double Slope((TimeSpan At, long Bytes)[] samples)
    {
        double time = samples.Average(s => s.At.TotalSeconds), bytes = samples.Average(s => s.Bytes);
        double variance = samples.Sum(s => Math.Pow(s.At.TotalSeconds - time, 2));
        return variance <= 0 ? 0 : samples.Sum(s => (s.At.TotalSeconds - time) * (s.Bytes - bytes)) / variance;
    }

    private (TimeSpan At, long Bytes)[] InOrder() => _count <= Capacity
        ? _ring[.._count]
        : [.. _ring[(_count % Capacity)..], .. _ring[..(_count % Capacity)]];
}
