using BuildGuard.Audit;
using BuildGuard.Leases;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Dashboard;

/// <summary>Where everything stands: from a model and a size to lines. Knows no terminal.</summary>
internal static class TopLayout
{
    /// <summary>Below that height the machine gets two lines instead of four, and nothing is set apart by empty lines.</summary>
    private const int Roomy = 20;

    /// <summary>Below that one line, for what is guarded matters more.</summary>
    private const int Low = 8;

    private const int MostEvents = 10;

    /// <summary>The lines, as many as fit, none wider than the screen.</summary>
    /// <param name="model">What is shown.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows; <c>null</c> for as many as there is to show.</param>
    public static IReadOnlyList<Line> Of(TopModel model, int width, int? height)
    {
        bool isRoomy = height is null or >= Roomy;
        List<Line> head = [TopSections.Title(model, width), .. TopSections.Machine(model, width, isRoomy ? 4 : height < Low ? 1 : 2)];
        List<Line> leases = TopSections.Leases(model, width, out int selected);
        List<Line> queue = TopSections.Queue(model, width);
        List<Line> events = TopSections.Events(model, width);
        Line foot = TopSections.Foot(model, width);
        if (height is not { } rows)
        {
            return [.. head, new Line(), .. leases, .. Apart(queue, true), .. Apart(Latest(events, MostEvents + 1), true)];
        }

        int left = rows - head.Count - 1;
        (int forLeases, int forQueue, int forEvents) = Share(left, isRoomy, leases.Count, queue.Count, Math.Min(events.Count, MostEvents + 1));
        List<Line> body =
        [
            .. head,
            .. Apart(Window(leases, forLeases, selected), isRoomy),
            .. Apart(Window(queue, forQueue, 0), isRoomy),
            .. Apart(Latest(events, forEvents), isRoomy),
        ];
        while (body.Count < rows - 1)
        {
            body.Add(new Line());
        }

        return [.. body.Take(Math.Max(0, rows - 1)), foot];
    }

    /// <summary>Everybody gets what the others do not need, but the leases no less than half, and the events go first.</summary>
    private static (int Leases, int Queue, int Events) Share(int rows, bool isRoomy, int leases, int queue, int events)
    {
        int gaps = isRoomy ? 1 + (queue > 0 ? 1 : 0) + (events > 0 ? 1 : 0) : 0;
        int left = Math.Max(0, rows - gaps);
        int forLeases = Math.Min(leases, Math.Max((left + 1) / 2, left - queue - events));
        int forQueue = Math.Min(queue, Math.Max((left - forLeases + 1) / 2, left - forLeases - events));
        int forEvents = Math.Min(events, left - forLeases - forQueue);
        return (forLeases, forQueue, forEvents < 2 ? 0 : forEvents);
    }

    /// <summary>A part of a section that holds its title and the selected line, with how many are missing.</summary>
    private static IEnumerable<Line> Window(List<Line> lines, int height, int selected)
    {
        if (lines.Count <= height)
        {
            return lines;
        }

        // Where there is hardly any room, neither a title nor how many are missing is worth a row.
        int title = height >= 2 ? 1 : 0, missing = height >= 3 ? 1 : 0, rows = height - title - missing;
        int from = Math.Clamp(selected - (rows / 2), 1, Math.Max(1, lines.Count - rows));
        IEnumerable<Line> shown = [.. lines.Take(title), .. lines.Skip(from).Take(Math.Max(0, rows))];
        return missing == 0 ? shown : [.. shown, new Line().Add($"  … {lines.Count - 1 - rows} more lines", Look.Faint)];
    }

    private static List<Line> Latest(List<Line> events, int height) =>
        events.Count <= height ? events : [.. events.Take(1), .. events.Skip(1).TakeLast(Math.Max(0, height - 1))];

    private static Line[] Apart(IEnumerable<Line> lines, bool isRoomy)
    {
        Line[] shown = [.. lines];
        return shown.Length > 0 && isRoomy ? [new Line(), .. shown] : shown;
    }
}
