namespace BuildGuard.Reporting;

/// <summary>
/// Time as a length from 0 to 1 in which long stretches without anything are cut short: a week with two builds would
/// otherwise be two hairs on an empty sheet.
/// </summary>
public sealed class TimeScale
{
    /// <summary>Stretches longer than that share of the whole are cut; so there are fewer than forty of them.</summary>
    private const double Idle = 1 / 40.0;

    /// <summary>What a cut stretch takes, as a share of what is not cut.</summary>
    private const double CutWidth = 1 / 50.0;

    private readonly List<(DateTimeOffset From, DateTimeOffset To, double Start, double Width)> _pieces = [];
    private readonly List<double> _cuts = [];

    /// <summary>A scale in which all the given stretches fit.</summary>
    public TimeScale(IEnumerable<(DateTimeOffset From, DateTimeOffset To)> busy)
    {
        List<(DateTimeOffset From, DateTimeOffset To)> merged = Merge([.. busy.Order()]);
        double busyTicks = merged.Sum(piece => (double)(piece.To - piece.From).Ticks);
        double cut = Math.Max(1, busyTicks) * CutWidth;
        double total = Math.Max(1, busyTicks) + ((merged.Count - 1) * cut);
        double start = 0;
        for (int i = 0; i < merged.Count; i++)
        {
            if (i > 0)
            {
                _cuts.Add((start + (cut / 2)) / total);
                start += cut;
            }

            double width = merged.Count == 1 ? total : (merged[i].To - merged[i].From).Ticks;
            _pieces.Add((merged[i].From, merged[i].To, start / total, width / total));
            start += width;
        }
    }

    /// <summary>A scale in which all leases fit.</summary>
    public static TimeScale Of(IEnumerable<LeaseHistory> leases) => new(leases.Select(lease => (lease.WaitStart, lease.End)));

    /// <summary>Where stretches were cut.</summary>
    public IReadOnlyList<double> Cuts => _cuts;

    /// <summary>Where a time stands, from 0 to 1.</summary>
    public double PositionOf(DateTimeOffset time)
    {
        double position = 0;
        foreach ((DateTimeOffset from, DateTimeOffset to, double start, double width) in _pieces)
        {
            if (time < from)
            {
                break;
            }

            position = time >= to ? start + width : start + (width * (time - from).Ticks / (to - from).Ticks);
        }

        return Math.Clamp(position, 0, 1);
    }

    /// <summary>The time that stands there.</summary>
    public DateTimeOffset TimeAt(double position)
    {
        DateTimeOffset time = default;
        foreach ((DateTimeOffset from, DateTimeOffset to, double start, double width) in _pieces)
        {
            if (time != default && position < start)
            {
                break;
            }

            time = from + (width <= 0 ? TimeSpan.Zero : (to - from) * Math.Clamp((position - start) / width, 0, 1));
        }

        return time;
    }

    private static List<(DateTimeOffset From, DateTimeOffset To)> Merge((DateTimeOffset From, DateTimeOffset To)[] busy)
    {
        List<(DateTimeOffset From, DateTimeOffset To)> merged = [];
        TimeSpan whole = busy.Length == 0 ? TimeSpan.Zero : busy.Max(piece => piece.To) - busy[0].From;
        foreach ((DateTimeOffset from, DateTimeOffset to) in busy)
        {
            if (merged.Count > 0 && from - merged[^1].To <= whole * Idle)
            {
                merged[^1] = (merged[^1].From, to > merged[^1].To ? to : merged[^1].To);
            }
            else
            {
                merged.Add((from, to));
            }
        }

        return merged;
    }
}
