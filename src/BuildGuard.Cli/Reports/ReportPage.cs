using BuildGuard.Audit;
using BuildGuard.Reporting;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Reports;

/// <summary>
/// The page of <c>buildguard report</c>: one file that asks no network and runs no script, and that a browser allows
/// neither.
/// </summary>
internal static class ReportPage
{
    /// <summary>The page as text.</summary>
    public static string Write(ReportModel model)
    {
        var html = new Html();
        html.Add($"<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\">");
        html.Add($"<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\"><meta name=generator content=\"buildguard\"><title>BuildGuard report</title>\n<style>");
        html.AddStyle(ReportStyle.Css);
        html.Add($"</style></head>\n<body><main><h1>BuildGuard report</h1>");
        Head(html, model);
        Tiles(html, model);
        Tables.Present(html, model);
        Charts.Timeline(html, model);
        Charts.Queue(html, model);
        MemoryChart.Write(html, model);
        Charts.Memory(html, model);
        Tables.Ended(html, model);
        Tables.Leases(html, model, "Slowest", model.Slowest);
        Tables.Leases(html, model, "Hungriest", model.Hungriest);
        Tables.Leases(html, model, "Longest waits", model.LongestWaits);
        Tables.ByLabel(html, LabelFigures.Of(model.History.Leases));
        Tables.ByDay(html, DayFigures.Of(model.History.Leases, model.Zone));
        html.Add($"</main></body></html>\n");
        return html.ToString();
    }

    private static void Head(Html html, ReportModel model)
    {
        string since = model.Since is { } time ? $"the last {Duration.ToAge(time)}" : "all that is recorded";
        html.Add($"<p class=soft>{model.TimeOf(model.Now)} ({model.Zone.Id}), {since}: {model.History.Events} events in {model.StateDirectory}</p>");
        if (model.History.Events == 0)
        {
            html.Add($"<section>Nothing is recorded{(model.Since is null ? " yet: nothing guarded has run here" : " in that time")}.</section>");
        }

        if (model.Damaged > 0)
        {
            html.Add($"<section class=warn>{model.Damaged.ToString()} damaged line{(model.Damaged == 1 ? "" : "s")} of the audit trail {(model.Damaged == 1 ? "was" : "were")} left out.</section>");
        }
    }

    private static void Tiles(Html html, ReportModel model)
    {
        IReadOnlyList<LeaseHistory> leases = model.History.Leases;
        html.Add($"<div class=tiles>");
        Tile(html, $"{leases.Count}", leases.Count == 1 ? "lease" : "leases");
        Tile(html, Duration.ToAge(DayFigures.Sum(leases.Where(l => l.Depth == 0 && l.HasRun).Select(l => l.Ran))), "turn taken");
        Tile(html, Duration.ToAge(DayFigures.Sum(leases.Select(l => l.Waited))), "waited together");
        Tile(html, leases.Count == 0 ? "–" : Duration.ToAge(leases.Max(l => l.Waited)), "longest wait");
        Tile(html, leases.Max(l => l.PeakMemoryBytes) is > 0 and { } peak ? Size.ToText(peak) : "–", "largest peak");
        Tile(html, $"{model.History.Count(AuditEvent.Breach) + model.History.Count(AuditEvent.Stalled)}", "limits reached, stalls");
        Tile(html, $"{model.History.OrphansEnded}", model.History.OrphansEnded == 1 ? "orphan ended" : "orphans ended");
        html.Add($"</div>");
    }

    private static void Tile(Html html, string figure, string name) => html.Add($"<div><b>{figure}</b><span class=soft>{name}</span></div>");
}
