namespace BuildGuard.Watching;

/// <summary>The memory of one tree over its last samples, in a ring: whether it only ever grows, and how fast.</summary>
internal sealed class MemoryTrend
{
    /// <summary>At five seconds each, the last five minutes.</summary>
    public const int Capacity = 60;

    /// <summary>Fewer say nothing: every program grows at its start.</summary>
    private const int Enough = 8;

    /// <summary>Growth below that is how programs breathe, in bytes.</summary>
    private const long Breath = 16 << 20;

    /// <summary>The share of the steps that may go down.</summary>
    private const double Down = 0.15;

    private readonly (TimeSpan At, long Bytes)[] _ring = new (TimeSpan, long)[Capacity];
    private int _count;

    /// <summary>Takes a sample in.</summary>
    public void Add(TimeSpan at, long bytes) => _ring[_count++ % Capacity] = (at, bytes);

    /// <summary>
    /// Bytes a second, by least squares; 0 if it does not grow steadily: by a quarter at least, and hardly ever down, over
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
        int down = samples.Zip(samples.Skip(1)).Count(step => step.Second.Bytes < step.First.Bytes);
        return growth >= Math.Max(Breath * share * 4, samples[0].Bytes * share) && down <= samples.Length * Down;
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
