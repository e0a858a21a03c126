namespace BuildGuard.Demo;

/// <summary>How things stand for one actor at one moment.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Text">What he does, without figures that change all the time.</param>
/// <param name="Figures">Those figures.</param>
/// <param name="Waits">Whether he waits for his turn.</param>
/// <param name="Holds">Whether he holds it.</param>
internal sealed record Standing(Actor Actor, string Text, string Figures, bool Waits, bool Holds);

/// <summary>What was seen of the actors while they ran.</summary>
internal sealed class Observation(IReadOnlyList<Actor> actors, MarkedProcesses processes)
{
    private readonly Dictionary<string, Actor> _turns = [];
    private readonly Dictionary<Actor, long> _peaks = [];
    private readonly HashSet<Actor> _waited = [];

    /// <summary>How strongly the operations were contained.</summary>
    public string Containment { get; private set; } = "";

    /// <summary>Whose turn it was; <c>null</c> if nobody's that was seen.</summary>
    public Actor? OwnerOf(string turn) => _turns.GetValueOrDefault(turn);

    /// <summary>Whether he was seen waiting for the turn.</summary>
    public bool HasWaited(Actor actor) => _waited.Contains(actor);

    /// <summary>The largest memory seen in one of the actor's operations, in bytes.</summary>
    public long PeakOf(Actor actor) => _peaks.GetValueOrDefault(actor);

    /// <summary>Takes note of a status, and says how things stand.</summary>
    public IReadOnlyList<Standing> Take(GuardStatus status)
    {
        Containment = status.Containment;
        var leases = status.Leases.ToLookup(lease => ActorOf(lease.Pid));
        var queue = status.Queue.Where(entry => entry.Parent is null).ToLookup(entry => ActorOf(entry.Pid));
        // Whoever is first in an idle queue is just coming to the turn.
        _waited.UnionWith(queue.Where(group => group.Any(place => status.Leases.Count > 0 || place.Position > 1)).Select(group => group.Key).OfType<Actor>());
        foreach (var group in leases)
        {
            if (group.Key is { } actor)
            {
                _peaks[actor] = group.Select(lease => lease.PeakMemoryBytes).Append(PeakOf(actor)).Max();
                foreach (LeaseRow lease in group)
                {
                    _turns[string.Join('/', lease.Id.Split('/').Take(2))] = actor;
                }
            }
        }

        return [.. actors.Select(actor => StandingOf(actor, [.. leases[actor]], queue[actor].FirstOrDefault()))];
    }

    private Standing StandingOf(Actor actor, IReadOnlyList<LeaseRow> leases, QueueRow? place)
    {
        string seconds = $"{actor.Elapsed.TotalSeconds:F0} s";
        if (actor.HasEnded)
        {
            return new Standing(actor, $"done, exit code {actor.Completion.Result}", seconds, false, false);
        }

        if (leases.Count > 0)
        {
            LeaseRow innermost = leases.MaxBy(lease => lease.Id.Count(c => c == '/'))!;
            long memory = leases.Sum(lease => lease.MemoryBytes);
            return new Standing(actor, $"runs: {innermost.Label}", $"{seconds}, {memory >> 20} MiB", false, true);
        }

        return place is null
            ? new Standing(actor, _turns.ContainsValue(actor) ? "has given its turn back, and ends" : "starts; has not asked for its turn yet", seconds, false, false)
            : new Standing(actor, $"waits, position {place.Position}", seconds, true, false);
    }

    private Actor? ActorOf(int pid) => processes.ActorOf(pid) is { } number
        ? actors.FirstOrDefault(actor => actor.Number == number)
        : null;
}
