using BuildGuard.Leases;
using BuildGuard.Reporting;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Reports;

/// <summary>The memory of all operations together, over time. Two outlines, however many there were.</summary>
internal static class MemoryChart
{
    /// <summary>How many parts the time has: about as many as a screen has room for.</summary>
    public const int Columns = 400;

    /// <summary>How many rows the same has as a table.</summary>
    private const int Rows = 16;

    public static void Write(Html html, ReportModel model)
    {
        var scale = TimeScale.Of(model.History.Leases);
        var memory = MemoryOverTime.Of(model.History.Leases, scale, Columns);
        if (memory.MostBytes == 0)
        {
            return;
        }

        // The limit holds for each; beside a sum of several it would mislead.
        long? limit = memory.MostAtOnce == 1 ? model.MemoryLimitBytes : null;
        bool limitFits = limit <= memory.MostBytes * 2.0;
        bool machineFits = model.MachineMemoryBytes > 0 && model.MachineMemoryBytes <= memory.MostBytes * 2.0;
        double top = Math.Max(memory.MostBytes, Math.Max(limitFits ? limit ?? 0 : 0, machineFits ? model.MachineMemoryBytes : 0)) * 1.05;

        string most = $"{Size.ToText(memory.MostBytes)} at the most, {TimeOf(model, scale, memory.Highest)}";
        html.Add($"<section><h2>Memory over time</h2><p class=soft>{(memory.MostAtOnce == 1 ? "One operation at a time" : $"Up to {memory.MostAtOnce} operations at once, added up")}: {most}. What stands inside an operation is in its memory.");
        if (model.Holding.Any(lease => lease.View.Record.Kind == LeaseKind.Operation))
        {
            html.Add($" What runs now is not in it yet.");
        }

        html.Add($"{(limitFits ? $" The dashed line is the limit, {Size.ToText(limit ?? 0)}." : "")}{(machineFits ? $" The solid line is the memory of this machine or container, {Size.ToText(model.MachineMemoryBytes)}." : "")}</p>");
        if (memory.HasFlat)
        {
            html.Add($"<p class=key><span><i class=ok></i>as it was</span><span><i class=other></i>only the peak is known, drawn from start to end: short ones, those of an older version, those whose holder died</span></p>");
        }

        html.Add($"<svg class=chart role=img aria-label=\"memory of all operations over time: {most}\">");
        Charts.Cuts(html, scale);
        html.Add($"<svg viewBox=\"0 0 {Columns} 100\" preserveAspectRatio=none width=\"100%\" height=\"100%\">");
        Outline(html, "other", memory, static part => part.FlatBytes > 0 ? part.Bytes : 0, top);
        Outline(html, "ok", memory, static part => part.Bytes - part.FlatBytes, top);
        html.Add($"</svg>");
        Line(html, "limit", limitFits ? limit ?? 0 : 0, top);
        Line(html, "machine", machineFits ? model.MachineMemoryBytes : 0, top);
        html.Add($"</svg>");
        Charts.Axis(html, model, scale);
        Table(html, model, scale, memory);
        html.Add($"</section>");
    }

    private static void Outline(Html html, string name, MemoryOverTime memory, Func<MemoryPart, long> height, double top)
    {
        if (memory.Parts.All(part => height(part) == 0))
        {
            return;
        }

        html.Add($"<path class={name} d=\"M0 100");
        for (int i = 0, next; i < Columns; i = next)
        {
            double y = HeightOf(i);
            for (next = i + 1; next < Columns && HeightOf(next) == y; next++)
            {
            }

            html.Add($"V{y}H{next}");
        }

        html.Add($"V100Z\"/>");

        double HeightOf(int column) => Math.Round(100 - (100 * height(memory.Parts[column]) / top), 1);
    }

    private static void Line(Html html, string name, long bytes, double top)
    {
        if (bytes > 0)
        {
            double y = 100 - (100 * bytes / top);
            html.Add($"<line class={name} x1=0 x2=\"100%\" y1=\"{y}%\" y2=\"{y}%\"/>");
        }
    }

    /// <summary>For whoever does not see the drawing, or wants its figures.</summary>
    private static void Table(Html html, ReportModel model, TimeScale scale, MemoryOverTime memory)
    {
        html.Add($"<details><summary>As a table</summary><div class=scroll><table><tr><th>from<th class=n>at the most<th class=n>peaks only");
        for (int row = 0; row < Rows; row++)
        {
            int from = row * Columns / Rows;
            MemoryPart most = memory.Parts.Take(from..((row + 1) * Columns / Rows)).MaxBy(part => part.Bytes);
            html.Add($"<tr><td class=t>{TimeOf(model, scale, from)}<td class=n>{(most.Bytes > 0 ? Size.ToText(most.Bytes) : "–")}<td class=n>{(most.FlatBytes > 0 ? Size.ToText(most.FlatBytes) : "–")}");
        }

        html.Add($"</table></div></details>");
    }

    private static string TimeOf(ReportModel model, TimeScale scale, int column) => model.TimeOf(scale.TimeAt((double)column / Columns));
}
