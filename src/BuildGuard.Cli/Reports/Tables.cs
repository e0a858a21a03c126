using BuildGuard.Audit;
using BuildGuard.Cli.Views;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Reporting;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Reports;

/// <summary>The tables of the page.</summary>
internal static class Tables
{
    private const int Incidents = 100;
    private const int Labels = 20;
    private const int Days = 31;

    /// <summary>Who holds and who waits at this moment.</summary>
    public static void Present(Html html, ReportModel model)
    {
        html.Add($"<section><h2>Now</h2>");
        if (model.Holding.Count + model.Queue.Count == 0)
        {
            html.Add($"<p class=soft>Nobody holds a lease, and nobody waits.</p></section>");
            return;
        }

        html.Add($"<div class=scroll><table><tr><th>what<th>state<th class=n>for<th class=n>memory<th class=n>processes");
        foreach (LeaseUse lease in model.Holding)
        {
            What(html, lease.View.Record.Label, lease.View.Record.Command, lease.View.Id.Value);
            html.Add($"<td class=\"tag {(lease.View.HolderAlive ? "ok" : "ended")}\">{(lease.View.HolderAlive ? "running" : "holder died")}<td class=n>{Duration.ToAge(lease.View.Age)}<td class=n>{Size.ToText(lease.MemoryBytes)}<td class=n>{lease.Processes.Count + lease.Inside.Count}");
        }

        foreach (TicketView ticket in model.Queue)
        {
            What(html, ticket.Record.Label, ticket.Record.Command, ticket.Id.Value);
            html.Add($"<td class=\"tag wait\">waiting, position {ticket.Position}<td class=n>{Duration.ToAge(ticket.Age)}<td><td>");
        }

        html.Add($"</table></div></section>");
    }

    /// <summary>The longest, largest or latest leases.</summary>
    public static void Leases(Html html, ReportModel model, string title, IEnumerable<LeaseHistory> leases)
    {
        LeaseHistory[] shown = [.. leases];
        if (shown.Length == 0)
        {
            return;
        }

        html.Add($"<section><h2>{title}</h2><div class=scroll><table><tr><th>what<th class=n>waited<th class=n>ran<th class=n>peak<th class=n>CPU<th>end<th>when");
        foreach (LeaseHistory lease in shown)
        {
            What(html, lease.Label, lease.Command, lease.Lease);
            html.Add($"<td class=n>{Duration.ToAge(lease.Waited)}<td class=n>{(lease.HasRun ? Duration.ToAge(lease.Ran) : "–")}<td class=n>{Bytes(lease.PeakMemoryBytes)}<td class=n>{(lease.CpuMilliseconds is { } cpu ? Duration.ToAge(TimeSpan.FromMilliseconds(Math.Min(cpu, int.MaxValue * 1000L))) : "–")}");
            html.Add($"<td class=\"tag {Fates.ClassOf(lease.Fate)}\">{Fates.TextOf(lease)}<td class=t>{model.TimeOf(lease.End)}");
        }

        html.Add($"</table></div></section>");
    }

    /// <summary>What was ended, found, or could not be done as asked; the latest first.</summary>
    public static void Ended(Html html, ReportModel model)
    {
        Incident[] shown = [.. model.History.Incidents.TakeLast(Incidents).Reverse()];
        if (shown.Length == 0)
        {
            return;
        }

        html.Add($"<section><h2>Kills, orphans, refusals</h2><p class=soft>{(shown.Length < model.History.Incidents.Count ? $"The latest {shown.Length} of {model.History.Incidents.Count}." : "Latest first.")} Every code has its cause and remedy behind it.</p><div class=scroll><table><tr><th>what<th>event<th>code<th>when");
        foreach (Incident incident in shown)
        {
            string colour = incident.Event is AuditEvent.Orphan or AuditEvent.Degraded ? "other" : incident.Event == AuditEvent.Refused ? "wait" : "ended";
            html.Add($"<tr><td class=what>{Charts.Cut(incident.Label)}<small>{Charts.Cut(incident.Reason ?? incident.Names, 300)}</small><td class=\"tag {colour}\">{AuditLine.NameOf(incident.Event)}<td>");
            if (IsCode(incident.Code))
            {
                html.Add($"<a href=\"{GuardMessage.HelpLinkOf(incident.Code!)}\">{incident.Code}</a>");
            }

            html.Add($"<td class=t>{model.TimeOf(incident.Time)}");
        }

        html.Add($"</table></div></section>");
    }

    /// <summary>What each kind of work takes, and whether it takes more and more.</summary>
    public static void ByLabel(Html html, IReadOnlyList<LabelFigures> labels)
    {
        if (labels.Count == 0)
        {
            return;
        }

        html.Add($"<section><h2>By label</h2><p class=soft>What ran longest first{(labels.Count > Labels ? $", {Labels} of {labels.Count}" : "")}. Growth: the memory peaks of the last third against those of the first.</p><div class=scroll><table><tr><th>label<th class=n>runs<th class=n>failed, ended<th class=n>median<th class=n>together<th class=n>peak<th>peaks over time<th class=n>growth");
        foreach (LabelFigures label in labels.Take(Labels))
        {
            What(html, label.Label, null, null);
            html.Add($"<td class=n>{label.Count}<td class=n>{label.Failed}<td class=n>{Duration.ToAge(label.MedianRan)}<td class=n>{Duration.ToAge(label.Ran)}<td class=n>{Bytes(label.Peaks.Count == 0 ? null : label.Peaks.Max())}<td>");
            Charts.Spark(html, label.Peaks);
            html.Add($"<td class=n>{GrowthOf(label)}");
        }

        html.Add($"</table></div></section>");
    }

    /// <summary>How the days grow.</summary>
    public static void ByDay(Html html, IReadOnlyList<DayFigures> days)
    {
        if (days.Count == 0)
        {
            return;
        }

        html.Add($"<section><h2>By day</h2>");
        Charts.Growth(html, days);
        html.Add($"<div class=scroll><table><tr><th>day<th class=n>leases<th class=n>turn taken<th class=n>waited<th class=n>largest peak<th class=n>ended");
        foreach (DayFigures day in days.TakeLast(Days).Reverse())
        {
            html.Add($"<tr><td class=t>{day.Day.ToString("yyyy-MM-dd")}<td class=n>{day.Operations}<td class=n>{Duration.ToAge(day.Ran)}<td class=n>{Duration.ToAge(day.Waited)}<td class=n>{Bytes(day.PeakMemoryBytes)}<td class=n>{day.Ended}");
        }

        html.Add($"</table></div></section>");
    }

    private static void What(Html html, string label, string? command, string? lease)
    {
        html.Add($"<tr><td class=what title=\"{lease}\">{Charts.Cut(label)}");
        if (command is not null && command != label)
        {
            html.Add($"<small>{Charts.Cut(command, 160)}</small>");
        }
    }

    private static string GrowthOf(LabelFigures label) => label.Growth is not { } growth
        ? "–"
        : (int)Math.Round(100 * Math.Clamp(growth, -1, 1e6)) switch
        {
            > 0 and var more => $"+{more} %",
            < 0 and var less => $"−{-less} %",
            _ => "0 %",
        };

    /// <summary>Only what is a code becomes a link.</summary>
    private static bool IsCode(string? code) => code is ['B', 'G', _, _, _, _] && code.AsSpan(2).IndexOfAnyExceptInRange('0', '9') < 0;

    private static string Bytes(long? bytes) => bytes is > 0 and { } known ? Size.ToText(known) : "–";
}
