namespace BuildGuard.Reporting;

/// <summary>What one day came to, in the time zone of whoever looks.</summary>
/// <param name="Day">The day.</param>
/// <param name="Operations">How many leases ended on it.</param>
/// <param name="Ran">How long they ran, leases inside others not counted again.</param>
/// <param name="Waited">How long they waited.</param>
/// <param name="PeakMemoryBytes">The largest peak, in bytes.</param>
/// <param name="Ended">How many the guard ended.</param>
public sealed record DayFigures(DateOnly Day, int Operations, TimeSpan Ran, TimeSpan Waited, long PeakMemoryBytes, int Ended)
{
    /// <summary>One for each day on which something ended, oldest first.</summary>
    /// <param name="leases">All leases.</param>
    /// <param name="zone">Where a day begins.</param>
    public static IReadOnlyList<DayFigures> Of(IEnumerable<LeaseHistory> leases, TimeZoneInfo zone) =>
    [
        .. leases.GroupBy(lease => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(lease.End, zone).DateTime))
            .OrderBy(day => day.Key)
            .Select(day => new DayFigures(
                day.Key,
                day.Count(),
                Sum(day.Where(lease => lease.Depth == 0 && lease.HasRun).Select(lease => lease.Ran)),
                Sum(day.Select(lease => lease.Waited)),
                day.Max(lease => lease.PeakMemoryBytes ?? 0),
                day.Count(lease => lease.Fate is LeaseFate.Ended or LeaseFate.Died))),
    ];

    /// <summary>All together; at most the longest time that can be told.</summary>
    public static TimeSpan Sum(IEnumerable<TimeSpan> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        TimeSpan sum = TimeSpan.Zero;
        foreach (TimeSpan time in times)
        {
            sum = TimeSpan.MaxValue - sum < time ? TimeSpan.MaxValue : sum + time;
        }

        return sum;
    }
}
