using System.Globalization;
using BuildGuard.Audit;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Views;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Dashboard;

/// <summary>The sections of the dashboard, each as long as there is something to show.</summary>
internal static class TopSections
{
    /// <summary>Columns of the figures of a lease: pid, for, memory, bar, processes, CPU.</summary>
    private const int Figures = 47;

    /// <summary>With fewer columns a lease has its age, memory and CPU; with fewer still the one of them that is sorted by.</summary>
    private const int Narrow = 72, Slim = 40;

    /// <summary>With fewer columns for its name, the label of a lease alone stands there, and one word for what is wrong.</summary>
    private const int ShortNames = 24;

    /// <summary>With fewer columns left, a waiter's command and directory say nothing.</summary>
    private const int LeastWhatFor = 16;

    public static Line Title(TopModel model, int width)
    {
        int gone = model.Unrecorded.Count(holder => !model.Unreadable.Any(ticket => ticket.Id == holder.Lease));
        int leases = model.Leases.Count(lease => !lease.IsUnrecorded);
        string count = $"{leases} lease{(leases == 1 ? "" : "s")}, {model.Queue.Count} waiting{Count(model.Unreadable.Count, "unreadable")}{Count(gone, "without a ticket")}";
        string time = model.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string name = "buildguard top  ", shortName = "top  ";
        var line = new Line().Add(name.Length + count.Length + time.Length + 2 <= width ? name : shortName.Length + count.Length <= width ? shortName : "", Look.Bold).Add(count);
        string limits = $"limits {(model.MemoryLimitBytes is { } bytes ? Size.ToText(bytes) : "none")}, {(model.ProcessLimit is { } most ? $"{most} processes" : "any number of processes")}";
        if (line.Width + limits.Length + time.Length + 6 <= width)
        {
            line.Add($"  {limits}", Look.Faint);
        }

        return line.Width + 2 + time.Length <= width ? line.To(width - time.Length).Add(time, Look.Faint) : line;
    }

    /// <summary>The machine, with all four gauges, with memory and load, or with memory alone.</summary>
    public static IEnumerable<Line> Machine(TopModel model, int width, int gauges)
    {
        bool isRoomy = gauges == 4;
        TopMachine machine = model.Machine;
        long used = machine.UsableBytes - machine.State.FreeMemoryBytes;
        yield return Gauge("memory", machine.Memory, $"{Size.ToText(Math.Max(0, used))} of {Size.ToText(machine.UsableBytes)}", width);
        if (isRoomy)
        {
            yield return Gauge("swap", machine.Swap, machine.SwapTotalBytes == 0 ? "none" : $"{Size.ToText(machine.SwapUsedBytes)} of {Size.ToText(machine.SwapTotalBytes)}", width);
        }

        if (gauges == 1)
        {
            yield break;
        }

        yield return Gauge("load", machine.Load, machine.State.Load is { } load ? string.Create(CultureInfo.InvariantCulture, $"{load:0.00} on {machine.Cores} core{(machine.Cores == 1 ? "" : "s")}") : "unknown", width);
        if (isRoomy)
        {
            yield return Gauge(
                "pressure",
                machine.Pressure,
                machine.State.Pressure is { } pressure ? string.Create(CultureInfo.InvariantCulture, $"some {pressure.Some:0.0} %, full {pressure.Full:0.0} %") : "not told by this kernel",
                width);
        }
    }

    /// <summary>The lease tree with its processes.</summary>
    /// <param name="model">What is shown.</param>
    /// <param name="width">Columns.</param>
    /// <param name="selected">The line of the selected lease; 0 if none is.</param>
    public static List<Line> Leases(TopModel model, int width, out int selected)
    {
        selected = 0;
        IEnumerable<string> wrong = (model.Problem.Length > 0 ? (string[])[model.Problem] : [])
            .Concat(model.Unreadable.Select(QueueText.TextOf)).Concat(model.Unrecorded.Select(holder => QueueText.TextOf(holder.Process)));
        Line[] bad = [.. wrong.SelectMany(text => Folded(text, width))];
        if (model.Leases.Count == 0)
        {
            return bad.Length > 0 ? [.. bad] : [new Line().Add("Nobody holds a lease.")];
        }

        int name = NameWidth(width);
        List<Line> lines = [Heading(model, name, width)];
        foreach (TopLease lease in model.Ordered)
        {
            bool isSelected = lease.Id == model.Selected;
            selected = isSelected ? lines.Count : selected;
            lines.Add(LeaseLine(model, lease, name, width, isSelected));
            foreach (TopProcess process in model.ProcessesOf(lease))
            {
                lines.Add(ProcessLine(model.Sort, lease, process, name, width));
            }
        }

        return [.. lines, .. bad];
    }

    public static List<Line> Queue(TopModel model, int width)
    {
        if (model.Queue.Count == 0)
        {
            return [];
        }

        List<Line> lines = [new Line().Add("WAITING", Look.Bold)];
        int label = Math.Min(model.Queue.Max(ticket => TextWidth.Of(ForeignText.Clean(ticket.Record.Label))), Math.Clamp(width - 40, 12, 50));
        foreach (TicketView ticket in model.Queue)
        {
            string inside = ticket.Parent is { } parent ? $"  inside {parent}" : model.HasSeveralLocks ? $"  lock {ticket.Id.Lock}" : "";
            Line line = new Line()
                .Add($"{ticket.Position,4}  ").Add(TextWidth.Fit(ForeignText.Clean(ticket.Record.Label), label))
                .Add($"  pid {ticket.Record.Holder.Pid,-8} {Duration.ToAge(ticket.Age)}{inside}")
                .Add(ticket.WaitsFor is { } wait ? $"  waits for {wait}" : "", Look.Warning)
                .Add(ticket.Stopped.Count > 0 ? "  stopped" : "", Look.Bad);
            int left = width - line.Width - 2;
            lines.Add(left < LeastWhatFor ? line : line.Add("  " + WhatFor.Of(ticket.Record, left), Look.Faint));
        }

        return lines;
    }

    public static List<Line> Events(TopModel model, int width)
    {
        if (model.Events.Count == 0 && model.TrailProblem.Length == 0)
        {
            return [];
        }

        List<Line> lines = [new Line().Add("LATEST", Look.Bold)];
        foreach (AuditRecord record in model.Events)
        {
            Look look = record.Event switch
            {
                AuditEvent.Breach or AuditEvent.Killed or AuditEvent.Stalled or AuditEvent.Stopped => Look.Bad,
                AuditEvent.Refused or AuditEvent.Orphan or AuditEvent.Degraded or AuditEvent.Cancelled => Look.Warning,
                _ => Look.Plain,
            };
            string details = string.Join(", ", ((string?[])
            [
                record.Code,
                record.WaitedMilliseconds > 0 ? $"waited {Age(record.WaitedMilliseconds)}" : null,
                record.DurationMilliseconds is not null ? $"ran {Age(record.DurationMilliseconds)}" : null,
                record.PeakMemoryBytes is { } peak ? $"peak {Size.ToText(peak)}" : null,
                record.ExitCode is { } code ? $"exit {code}" : null,
            ]).OfType<string>());
            lines.Add(new Line()
                .Add(record.Time.LocalDateTime.ToString("  HH:mm:ss  ", CultureInfo.InvariantCulture), Look.Faint)
                .Add($"{AuditLine.NameOf(record.Event),-9}  ", look)
                .Add(TextWidth.Cut(record.Label ?? record.Command ?? "", 40))
                .Add(details.Length == 0 ? "" : $"  {details}", Look.Faint));
        }

        return model.TrailProblem.Length == 0 ? lines : [.. lines, .. Folded("  " + model.TrailProblem, width)];
    }

    /// <summary>A question, what has just happened, or what the keys do; where there is little room, how to quit comes first.</summary>
    public static Line Foot(TopModel model, int width)
    {
        if (model.Asked is { } lease)
        {
            return Question(lease, width);
        }

        if (model.Notice.Length > 0 || !model.IsLive)
        {
            return new Line().Add(model.Notice, Look.Warning);
        }

        var keys = new Line().Add("m memory  c cpu  a age  ↑↓ select  k end lease  q quit", Look.Faint);
        return keys.Width <= width ? keys : new Line().Add("q quit  k end  ↑↓ select  m c a sort", Look.Faint);
    }

    /// <summary>The name gives way before the answers do.</summary>
    private static Line Question(TopLease lease, int width)
    {
        string rest = $"' with {lease.ProcessCount} process{(lease.ProcessCount == 1 ? "" : "es")}? y/n";
        string label = TextWidth.Cut(ForeignText.Clean(lease.Label), Math.Clamp(width - rest.Length - 5, 4, 30));
        var line = new Line().Add($"End '{label}{rest}", Look.Warning);
        string id = $"  ({lease.Id})";
        return line.Width + id.Length <= width ? line.Add(id, Look.Warning) : line;
    }

    /// <summary>What is wrong, on as many lines as it takes.</summary>
    private static IEnumerable<Line> Folded(string text, int width) =>
        Fold.At(ForeignText.Clean(text), width).Split('\n').Select(part => new Line().Add(part, Look.Bad));

    private static string Count(int count, string what) => count == 0 ? "" : $", {count} {what}";

    private static string Age(long? milliseconds) => Duration.ToAge(TimeSpan.FromMilliseconds(Math.Clamp(milliseconds ?? 0, 0, uint.MaxValue * 100L)));

    private static int NameWidth(int width) => Math.Max(8, width < Slim ? width - 8 : width < Narrow ? width - 24 : width - Figures);

    private static Line Gauge(string name, TopGauge gauge, string text, int width)
    {
        if (width < Slim)
        {
            return new Line().Add($"{name} ").Add(text, Bars.LookOf(gauge.Now));
        }

        int bar = Math.Clamp((width - 44) / 2, 8, 40);
        int spark = Math.Clamp(width - bar - 40, 0, 30);
        return new Line().Add($"{name,-9}").Add(Bars.Of(gauge.Now, bar), Bars.LookOf(gauge.Now)).Add(" " + TextWidth.Fit(text, Math.Clamp(width - bar - 10, 0, 28)))
            .Add(spark < 5 ? "" : " " + Bars.Sparkline(gauge.History, spark), Look.Faint);
    }

    private static Line Heading(TopModel model, int name, int width)
    {
        string Mark(TopSort sort, string title) => model.Sort == sort ? title + "▾" : title;
        var line = new Line().Add(TextWidth.Fit("LEASE", name), Look.Bold);
        return width < Slim
            ? line.Add($"{Mark(model.Sort, model.Sort switch { TopSort.Cpu => "CPU", TopSort.Age => "FOR", _ => "MEMORY" }),8}", Look.Bold)
            : width < Narrow
            ? line.Add($"{Mark(TopSort.Age, "FOR"),8}{Mark(TopSort.Memory, "MEMORY"),8}{Mark(TopSort.Cpu, "CPU"),7}", Look.Bold)
            : line.Add($"{"PID",8}{Mark(TopSort.Age, "FOR"),8}{Mark(TopSort.Memory, "MEMORY"),8} {"",8}{"PROC",8}{Mark(TopSort.Cpu, "CPU"),6}", Look.Bold);
    }

    private static Line LeaseLine(TopModel model, TopLease lease, int name, int width, bool isSelected)
    {
        bool isShort = name < ShortNames;
        string kind = isShort ? "" : lease.Kind == LeaseKind.Session ? "session " : "operation ";
        string state = lease.State.Length > 0 ? $" ({(isShort ? Short(lease.State) : lease.State)})" : "";
        string text = $"{(isSelected ? ">" : " ")}{new string(' ', 2 * Math.Min(lease.Depth, 8))}{kind}{lease.Label}{(model.HasSeveralLocks && lease.Depth == 0 && !isShort ? $", lock {lease.Id.Lock}" : "")}";
        Look look = isSelected ? Look.Selected : lease.State.Length > 0 ? Look.Bad : Look.Bold;

        // What is wrong stays in sight, and the label gives way.
        string shown = TextWidth.Cut(ForeignText.Clean(text), Math.Max(Math.Min(name / 3, 12), name - state.Length));
        var line = new Line().Add(TextWidth.Fit(shown + state, name), look);
        if (width < Slim)
        {
            return line.Add($"{model.Sort switch { TopSort.Cpu => Cpu(lease.CpuPercent), TopSort.Age => Duration.ToAge(lease.Age), _ => Size.ToText(lease.MemoryBytes) },8}");
        }

        if (width < Narrow)
        {
            return line.Add($"{Duration.ToAge(lease.Age),8}{Size.ToText(lease.MemoryBytes),8}{Cpu(lease.CpuPercent),7}");
        }

        LeaseLimits limits = lease.Limits ?? new LeaseLimits(model.MemoryLimitBytes, model.ProcessLimit);
        double memory = limits.MemoryBytes is > 0 and { } limit ? (double)lease.MemoryBytes / limit : 0;
        double processes = limits.Processes is > 0 and { } most ? (double)lease.ProcessCount / most : 0;

        // A build's own processes have no limit; only operations do.
        bool isLimited = lease.Kind == LeaseKind.Operation;
        return line.Add($"{lease.Pid,8}{Duration.ToAge(lease.Age),8}{Size.ToText(lease.MemoryBytes),8} ")
            .Add(isLimited && limits.MemoryBytes is not null ? Bars.Of(memory, 8) : new string(' ', 8), Bars.LookOf(memory))
            .Add($"{(isLimited ? CountOf(lease.ProcessCount, limits.Processes) : $"{lease.ProcessCount}"),8}", isLimited && processes >= 0.8 ? Bars.LookOf(processes) : Look.Plain)
            .Add($"{Cpu(lease.CpuPercent),6}");
    }

    private static string Short(string state) => state switch
    {
        "holder died" => "died",
        "helper killed, kept by its build" => "kept",
        _ => state,
    };

    private static Line ProcessLine(TopSort sort, TopLease lease, TopProcess process, int name, int width)
    {
        string text = $"{new string(' ', 3 + (2 * Math.Min(lease.Depth, 8)))}{(process.Command.Length > 0 ? process.Command : process.Name)}{(process.IsStopped ? " (stopped)" : "")}";
        var line = new Line().Add(TextWidth.Fit(text, name), Look.Faint);
        return width < Slim
            ? line.Add($"{sort switch { TopSort.Cpu => Cpu(process.CpuPercent), TopSort.Age => "", _ => Size.ToText(process.MemoryBytes) },8}", Look.Faint)
            : width < Narrow
            ? line.Add($"{"",8}{Size.ToText(process.MemoryBytes),8}{Cpu(process.CpuPercent),7}", Look.Faint)
            : line.Add($"{process.Pid,8}{"",8}{Size.ToText(process.MemoryBytes),8}{"",17}{Cpu(process.CpuPercent),6}", Look.Faint);
    }

    /// <summary>The limit goes where there is no room for both.</summary>
    private static string CountOf(int count, int? limit) => $"{count}/{limit}" is { Length: < 8 } both && limit is not null ? both : $"{count}";

    private static string Cpu(double? percent) => percent is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0} %") : "–";
}
