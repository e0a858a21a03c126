using System.Globalization;

namespace BuildGuard.Benchmarks;

/// <summary>A series of measured durations, in microseconds.</summary>
internal sealed class Figures
{
    private readonly double[] _sorted;

    public Figures(IEnumerable<double> microseconds) => _sorted = [.. microseconds.Order()];

    public double Median => At(0.5);

    public double P99 => At(0.99);

    private double At(double share) => _sorted.Length == 0 ? double.NaN : _sorted[Math.Min(_sorted.Length - 1, (int)(share * _sorted.Length))];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"p50 {Median,9:F1} µs   p99 {P99,9:F1} µs");
}
