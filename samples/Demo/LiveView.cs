using System.Diagnostics;
using Spectre.Console;

namespace BuildGuard.Demo;

/// <summary>Shows how things stand: a block that redraws itself on a terminal, a line for every change otherwise.</summary>
internal sealed class LiveView
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<Actor, string> _said = [];

    /// <summary>Shows until all have ended.</summary>
    public async Task FollowAsync(
        IReadOnlyList<Actor> actors, Func<Task<IReadOnlyList<Standing>>> look, CancellationToken stop)
    {
        if (Console.IsOutputRedirected)
        {
            await LoopAsync(actors, look, SayChanges, stop);
            return;
        }

        await AnsiConsole.Live(new Text("")).StartAsync(context => LoopAsync(actors, look, standings =>
        {
            context.UpdateTarget(Block(standings));
            context.Refresh();
        }, stop));
    }

    private static async Task LoopAsync(
        IReadOnlyList<Actor> actors, Func<Task<IReadOnlyList<Standing>>> look, Action<IReadOnlyList<Standing>> show, CancellationToken stop)
    {
        bool ended;
        do
        {
            // Decided before looking: the last look shows everybody's end.
            ended = actors.All(actor => actor.HasEnded);
            show(await look());
            await Task.Delay(Interval, stop);
        }
        while (!ended);
    }

    private static Table Block(IReadOnlyList<Standing> standings)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("who", "what he does", "");
        foreach (Standing standing in standings)
        {
            string colour = standing.Holds ? "green" : standing.Waits ? "yellow" : "grey";
            table.AddRow(
                new Markup(Markup.Escape(standing.Actor.Name)),
                new Markup($"[{colour}]{Markup.Escape(standing.Text)}[/]"),
                new Markup(Markup.Escape(standing.Figures)));
        }

        return table;
    }

    private void SayChanges(IReadOnlyList<Standing> standings)
    {
        // The queue in its order, and whoever comes first first.
        foreach (Standing standing in standings.OrderBy(s => s.Waits).ThenBy(s => s.Waits ? s.Text : "", StringComparer.Ordinal))
        {
            if (_said.GetValueOrDefault(standing.Actor) != standing.Text)
            {
                _said[standing.Actor] = standing.Text;
                Console.WriteLine($"  {_clock.Elapsed.TotalSeconds,5:F1} s  {standing.Actor.Name,-18} {standing.Text}");
            }
        }
    }
}
