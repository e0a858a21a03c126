namespace BuildGuard.Reporting;

/// <summary>What all leases with one label came to.</summary>
/// <param name="Label">The label.</param>
/// <param name="Count">How many there were.</param>
/// <param name="Failed">How many did not succeed.</param>
/// <param name="MedianRan">The middle one of their run times.</param>
/// <param name="Ran">How long they ran together.</param>
/// <param name="Peaks">The largest peak of memory in each of at most 24 parts of them, oldest first, in bytes; empty if none is known.</param>
public sealed record LabelFigures(string Label, int Count, int Failed, TimeSpan MedianRan, TimeSpan Ran, IReadOnlyList<long> Peaks)
{
    private const int Parts = 24;

    /// <summary>Fewer say nothing of a growth.</summary>
    private const int Enough = 6;

    /// <summary>How much the middle peak of the last third is above that of the first, as a share; <c>null</c> if there are too few.</summary>
    public double? Growth { get; private init; }

    /// <summary>One for each label, the one that ran longest first.</summary>
    public static IReadOnlyList<LabelFigures> Of(IEnumerable<LeaseHistory> leases) =>
    [
        .. leases.Where(lease => lease.HasRun).GroupBy(lease => lease.Label, StringComparer.Ordinal)
            .Select(group => Of(group.Key, [.. group.OrderBy(lease => lease.RunStart)]))
            .OrderByDescending(label => label.Ran),
    ];

    private static LabelFigures Of(string label, LeaseHistory[] leases)
    {
        TimeSpan[] ran = [.. leases.Select(lease => lease.Ran).Order()];
        long[] peaks = [.. leases.Select(lease => lease.PeakMemoryBytes).OfType<long>().Where(peak => peak > 0)];
        int failed = leases.Count(lease => lease.Fate is not (LeaseFate.Succeeded or LeaseFate.Running or LeaseFate.Unknown));
        return new LabelFigures(label, leases.Length, failed, ran[ran.Length / 2], DayFigures.Sum(ran), PartsOf(peaks)) { Growth = GrowthOf(peaks) };
    }

    private static double? GrowthOf(long[] peaks)
    {
        int third = peaks.Length / 3;
        return peaks.Length < Enough ? null : ((double)Median(peaks[^third..]) / Median(peaks[..third])) - 1;
    }

    private static long Median(long[] peaks) => peaks.Order().ElementAt(peaks.Length / 2);

    private static long[] PartsOf(long[] peaks)
    {
        int parts = Math.Min(Parts, peaks.Length);
        return [.. Enumerable.Range(0, parts).Select(i => peaks[(i * peaks.Length / parts)..((i + 1) * peaks.Length / parts)].Max())];
    }
}
