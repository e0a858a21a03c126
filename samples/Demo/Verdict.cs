using Spectre.Console;

namespace BuildGuard.Demo;

/// <summary>The table at the end, and whether everything was as promised.</summary>
internal static class Verdict
{
    private const string Watcher = "statement-watcher";
    private const int PlainWidth = 120;

    /// <summary>Shows what ran, waited, peaked and was ended.</summary>
    public static void ShowTable(Outcome outcome)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = PlainWidth;
        }

        Table table = new Table().Border(TableBorder.Rounded).AddColumns("who", "waited", "had the turn", "turns", "leases", "peak", "ended", "exit");
        foreach (Actor actor in outcome.Actors)
        {
            AuditEvent[] events = [.. outcome.Audit.Where(e => outcome.Observation.OwnerOf(e.Turn) == actor)];
            double waited = events.Where(IsTurn).Sum(e => e.Details.Number("waitedMs")) / 1000.0;
            table.AddRow(
                actor.Name,
                $"{waited:F1} s",
                $"{events.Where(e => e.Event == "released" && e.Lease == e.Turn).Sum(e => e.Details.Number("durationMs")) / 1000.0:F1} s",
                $"{events.Count(IsTurn)}",
                $"{events.Count(e => e.Event == "acquired")}",
                Mebibytes(Math.Max(outcome.Observation.PeakOf(actor), events.Select(e => e.Details.Number("peakMemoryBytes")).DefaultIfEmpty().Max())),
                Ended(events),
                $"{actor.Completion.Result}");
        }

        AnsiConsole.Write(table);
        Console.WriteLine("turns: leases directly under the lock. leases: those and the ones inside. peak: the largest operation.");
    }

    /// <summary>Says of each promise whether it was kept.</summary>
    /// <returns>Whether all were.</returns>
    public static bool Judge(Outcome outcome, Steps? unguarded)
    {
        Actor loadTest = outcome.Actors.First(actor => actor.Name == Scene.LoadTest);
        Actor[] others = [.. outcome.Actors.Where(actor => actor != loadTest)];
        Actor[] waited = [.. outcome.Actors.Where(actor => outcome.Observation.HasWaited(actor))];
        int told = waited.Count(actor => actor.Lines("BG1001").Count > 0);
        int leaks = outcome.Steps.All.Count(step => step.Name.StartsWith("tests-nunit", StringComparison.Ordinal));
        int ended = outcome.Audit.Where(e => e.Event == "orphan").SelectMany(e => e.Processes)
            .Count(process => process.Command.Contains(Watcher, StringComparison.Ordinal));
        string before = unguarded is null ? "" : $" (without the guard: {unguarded.Overlaps} pairs)";

        return All(
            (others.All(actor => actor.Completion.Result == 0),
                $"commands that had to succeed: {others.Count(actor => actor.Completion.Result == 0)} of {others.Length}" + Failures(others)),
            (outcome.Steps.All.Count > 0 && outcome.Steps.Overlaps == 0,
                $"steps that ran while another ran: {outcome.Steps.Overlaps} pairs among {outcome.Steps.All.Count} steps{before}"),
            (waited.Length > 0 && told == waited.Length,
                $"commands that had to wait and were told for whom (BG1001): {told} of {waited.Length}"),
            (loadTest.Completion.Result != 0 && loadTest.Lines("BG3001").Count > 0,
                $"load test stopped at its memory limit (BG3001): exit code {loadTest.Completion.Result}"),
            (leaks > 0 && ended >= leaks,
                $"leaked daemons that were ended (BG4001): {ended} of {leaks}"),
            (outcome.Left.Count == 0,
                $"processes left: {outcome.Left.Count}" + string.Concat(outcome.Left.Select(p => $"\n        {p.Pid} {p.Command}"))),
            (outcome.Status.Leases.Count == 0 && outcome.Status.Queue.Count == 0,
                $"leases held: {outcome.Status.Leases.Count}; waiting: {outcome.Status.Queue.Count}"));
    }

    private static bool All(params (bool Kept, string Text)[] promises)
    {
        foreach (var (kept, text) in promises)
        {
            AnsiConsole.Markup(kept ? "  [green]kept  [/]" : "  [red]BROKEN[/]");
            Console.WriteLine(" " + text);
        }

        return promises.All(promise => promise.Kept);
    }

    private static string Failures(IEnumerable<Actor> actors) => string.Concat(actors
        .Where(actor => actor.Completion.Result != 0)
        .Select(actor => $"\n        {actor.Command}: exit code {actor.Completion.Result}"));

    private static bool IsTurn(AuditEvent e) => e.Event == "acquired" && e.Lease == e.Turn;

    private static string Ended(IReadOnlyCollection<AuditEvent> events)
    {
        string[] orphans = [.. events.Where(e => e.Event == "orphan").SelectMany(e => e.Processes).Select(process => process.Name)];
        string[] breaches = [.. events.Where(e => e.Event == "breach").Select(e => "the tree: " + e.Details.Text("code"))];
        string all = string.Join("; ", orphans.Length == 0 ? breaches : [.. breaches, "orphans: " + string.Join(", ", orphans)]);
        return all.Length == 0 ? "-" : all;
    }

    private static string Mebibytes(long bytes) => bytes == 0 ? "-" : $"{bytes >> 20} MiB";
}
