using BuildGuard.Reporting;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Reports;

/// <summary>
/// The drawings. All lengths are percentages, so that a drawing is as wide as there is room while its text, which stands
/// beside it, stays readable.
/// </summary>
internal static class Charts
{
    private const int TimelineRows = 60;
    private const int Columns = 200;
    private const int Days = 60;

    /// <summary>The latest leases with their waiting and their running.</summary>
    public static void Timeline(Html html, ReportModel model)
    {
        LeaseHistory[] leases = InTheirTrees([.. model.History.Leases.OrderByDescending(l => l.End).Take(TimelineRows)]);
        if (leases.Length == 0)
        {
            return;
        }

        var scale = TimeScale.Of(leases);
        html.Add($"<section><h2>Timeline</h2><p class=soft>");
        if (leases.Length < model.History.Leases.Count)
        {
            html.Add($"The latest {leases.Length} of {model.History.Leases.Count} leases. ");
        }

        html.Add($"What stands in a lease is drawn below it, to the right. Dotted lines: idle time, cut short.</p>");
        html.Add($"<p class=key><span><i class=wait></i>waiting</span><span><i class=ok></i>ran</span><span><i class=bad></i>failed</span><span><i class=ended></i>ended by the guard, or holder died</span><span><i class=other></i>refused, given up, unknown</span></p>");
        foreach (LeaseHistory lease in leases)
        {
            Row(html, model, scale, lease);
        }

        html.Add($"<div class=rowaxis>");
        Axis(html, model, scale);
        html.Add($"</div></section>");
    }

    /// <summary>How many waited, over the whole time.</summary>
    public static void Queue(Html html, ReportModel model)
    {
        var scale = TimeScale.Of(model.History.Leases);
        int[] depths = QueueDepth.Of(model.History.Leases, scale, Columns);
        int most = depths.Length == 0 ? 0 : depths.Max();
        if (most == 0)
        {
            return;
        }

        html.Add($"<section><h2>Queue</h2><p class=soft>How many waited at once: {most} at the most.</p><svg class=chart role=img aria-label=\"queue depth over time\">");
        Cuts(html, scale);
        for (int i = 0; i < depths.Length; i++)
        {
            int same = 1;
            while (i + same < depths.Length && depths[i + same] == depths[i])
            {
                same++;
            }

            Column(html, "wait", 100.0 * i / Columns, 100.0 * same / Columns, (double)depths[i] / most, $"{depths[i]} waiting, {model.TimeOf(scale.TimeAt((double)i / Columns))}");
            i += same - 1;
        }

        html.Add($"</svg>");
        Axis(html, model, scale);
        html.Add($"</section>");
    }

    /// <summary>The memory peaks of the latest operations against the limit.</summary>
    public static void Memory(Html html, ReportModel model)
    {
        LeaseHistory[] leases = [.. model.History.Leases.Where(l => l.PeakMemoryBytes > 0).OrderBy(l => l.End).TakeLast(Columns / 2)];
        if (leases.Length == 0)
        {
            return;
        }

        long most = leases.Max(l => l.PeakMemoryBytes ?? 0);
        bool limitFits = model.MemoryLimitBytes <= most * 2;
        double top = limitFits ? Math.Max(most, model.MemoryLimitBytes ?? 0) * 1.05 : most * 1.05;
        html.Add($"<section><h2>Memory peaks</h2><p class=soft>{(leases.Length == 1 ? "The latest operation" : $"The latest {leases.Length} operations, oldest first; the largest")} took {Size.ToText(most)}. ");
        if (model.MemoryLimitBytes is { } limit)
        {
            html.Add($"The limit that holds in this directory now is {Size.ToText(limit)}{(limitFits ? ", the dashed line" : ", far above this drawing")}.");
        }

        html.Add($"</p><svg class=chart role=img aria-label=\"memory peaks\">");
        for (int i = 0; i < leases.Length; i++)
        {
            long peak = leases[i].PeakMemoryBytes ?? 0;
            double width = 100.0 / Math.Max(leases.Length, 24);
            Column(html, Fates.ClassOf(leases[i].Fate), i * width, width * 0.8, peak / top, $"{Cut(leases[i].Label)}: {Size.ToText(peak)}, {Fates.TextOf(leases[i])}, {model.TimeOf(leases[i].End)}");
        }

        if (limitFits)
        {
            double y = 100 - (100.0 * (model.MemoryLimitBytes ?? 0) / top);
            html.Add($"<line class=limit x1=0 x2=\"100%\" y1=\"{y}%\" y2=\"{y}%\"/>");
        }

        html.Add($"</svg></section>");
    }

    /// <summary>How the days grow.</summary>
    public static void Growth(Html html, IReadOnlyList<DayFigures> days)
    {
        DayFigures[] shown = [.. days.TakeLast(Days)];
        if (shown.Length < 2)
        {
            return;
        }

        int most = Math.Max(1, shown.Max(d => d.Operations));
        html.Add($"<svg class=chart role=img aria-label=\"leases per day\">");
        double width = 100.0 / Math.Max(shown.Length, 14);
        for (int i = 0; i < shown.Length; i++)
        {
            Column(html, "run", i * width, width * 0.8, (double)shown[i].Operations / most, $"{shown[i].Day:yyyy-MM-dd}: {shown[i].Operations} leases");
            Column(html, "ended", i * width, width * 0.8, (double)shown[i].Ended / most, $"{shown[i].Day:yyyy-MM-dd}: {shown[i].Ended} ended by the guard");
        }

        html.Add($"</svg><p class=soft>Leases per day; those that the guard ended at the foot.</p>");
    }

    /// <summary>Peaks beside each other, the largest as high as there is room.</summary>
    public static void Spark(Html html, IReadOnlyList<long> peaks)
    {
        long most = Math.Max(1, peaks.Count == 0 ? 1 : peaks.Max());
        html.Add($"<svg class=spark role=img aria-label=\"peaks over time\">");
        double width = 100.0 / Math.Max(peaks.Count, 8);
        for (int i = 0; i < peaks.Count; i++)
        {
            Column(html, "run", i * width, width * 0.8, (double)peaks[i] / most, Size.ToText(peaks[i]));
        }

        html.Add($"</svg>");
    }

    /// <summary>A text of the trail, cut to what a page has room for.</summary>
    public static string Cut(string text, int length = 80) => text.Length <= length ? text : text[..(length - 1)] + "…";

    /// <summary>By the time at which they began to wait, but what stands in a lease directly below it.</summary>
    private static LeaseHistory[] InTheirTrees(LeaseHistory[] leases)
    {
        static string RootOf(LeaseHistory lease) => string.Join('/', lease.Lease.Split('/').Take(2));
        Dictionary<string, DateTimeOffset> starts = leases.GroupBy(RootOf).ToDictionary(tree => tree.Key, tree => tree.Min(lease => lease.WaitStart));
        return [.. leases.OrderBy(l => starts[RootOf(l)]).ThenBy(RootOf, StringComparer.Ordinal).ThenBy(l => l.WaitStart).ThenBy(l => l.Depth)];
    }

    private static void Row(Html html, ReportModel model, TimeScale scale, LeaseHistory lease)
    {
        double wait = 100 * scale.PositionOf(lease.WaitStart), run = 100 * scale.PositionOf(lease.RunStart), end = 100 * scale.PositionOf(lease.End);
        string waited = $"waited {Duration.ToAge(lease.Waited)}", ran = $"ran {Duration.ToAge(lease.Ran)}";
        string took = Duration.ToAge(lease.HasRun ? lease.Ran : lease.Waited);
        html.Add($"<div class=row><span class=in{Math.Min(3, lease.Depth)} title=\"{Cut(lease.Label)} ({lease.Lease})\">{Cut(lease.Label)}</span><svg class=bar>");
        html.Add($"<title>{Cut(lease.Label)}: {Fates.TextOf(lease)}, {waited}, {ran}, from {model.TimeOf(lease.WaitStart)}</title>");
        Cuts(html, scale);
        if (run > wait)
        {
            html.Add($"<rect class=wait x=\"{wait}%\" width=\"{run - wait}%\" y=5 height=6 />");
        }

        if (lease.HasRun)
        {
            html.Add($"<rect class={Fates.ClassOf(lease.Fate)} x=\"{run}%\" width=\"{end - run}%\" y=2 height=12 />");
        }
        else if (lease.Fate != LeaseFate.Waiting)
        {
            html.Add($"<rect class=other x=\"{Math.Min(99.5, run)}%\" width=4 y=2 height=12 />");
        }

        html.Add($"</svg><span class=n>{took}</span></div>");
    }

    private static void Column(Html html, string name, double x, double width, double share, string title)
    {
        double height = Math.Min(100, 100 * share);
        if (height > 0)
        {
            html.Add($"<rect class={name} x=\"{x}%\" width=\"{width}%\" y=\"{100 - height}%\" height=\"{height}%\"><title>{title}</title></rect>");
        }
    }

    /// <summary>Where idle time was cut short.</summary>
    public static void Cuts(Html html, TimeScale scale)
    {
        foreach (double cut in scale.Cuts)
        {
            html.Add($"<line class=cut x1=\"{100 * cut}%\" x2=\"{100 * cut}%\" y1=0 y2=\"100%\"/>");
        }
    }

    /// <summary>The times below a drawing.</summary>
    public static void Axis(Html html, ReportModel model, TimeScale scale)
    {
        html.Add($"<div class=axis>");
        for (int i = 0; i <= 4; i++)
        {
            html.Add($"<span>{model.ShortTimeOf(scale.TimeAt(i / 4.0))}</span>");
        }

        html.Add($"</div>");
    }
}
