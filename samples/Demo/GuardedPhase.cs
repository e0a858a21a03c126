namespace BuildGuard.Demo;

/// <summary>The same six at once, guarded.</summary>
internal sealed class GuardedPhase(InnerEnvironment environment, Place place, Guard guard, MarkedProcesses processes)
{
    private const string Phase = "guarded";
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    /// <summary>Runs them and shows them, and says what became of them.</summary>
    public async Task<Outcome> RunAsync(CancellationToken stop)
    {
        int before = (await guard.LogAsync()).Count;
        IReadOnlyList<Actor> actors = new Scene(environment, place, guard, Phase, guarded: true).StartAll();
        try
        {
            var observation = new Observation(actors, processes);
            await new LiveView().FollowAsync(actors, async () => observation.Take(await guard.StatusAsync()), stop);
            return new Outcome(
                actors,
                observation,
                [.. (await guard.LogAsync()).Skip(before)],
                Steps.Read(place.Trace(Phase)),
                await LeftAsync(stop),
                await guard.StatusAsync());
        }
        finally
        {
            processes.EndAll();
            foreach (Actor actor in actors)
            {
                actor.WriteLog(Directory.CreateDirectory(Path.Combine(place.Logs, Phase)).FullName);
            }
        }
    }

    // A helper may need a moment to end after its command has; a daemon of the sample lives for 45 s.
    private async Task<IReadOnlyList<MarkedProcess>> LeftAsync(CancellationToken stop)
    {
        DateTime deadline = DateTime.UtcNow + Settling;
        IReadOnlyList<MarkedProcess> left;
        while ((left = processes.Find()).Count > 0 && DateTime.UtcNow < deadline)
        {
            await Task.Delay(50, stop);
        }

        return left;
    }
}

/// <summary>What became of the six.</summary>
internal sealed record Outcome(
    IReadOnlyList<Actor> Actors,
    Observation Observation,
    IReadOnlyList<AuditEvent> Audit,
    Steps Steps,
    IReadOnlyList<MarkedProcess> Left,
    GuardStatus Status);
