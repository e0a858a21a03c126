namespace BuildGuard.Leases.Tests.Simulation;

/// <summary>
/// What the lease tree must look like from outside: a list for each queue, of which the first run, as many as all of
/// them bear.
/// </summary>
internal sealed class QueueModel
{
    private readonly List<(SimulatedProcess Process, SimulatedProcess? Parent, int Slots)> _places = [];

    public void Enter(SimulatedProcess process, SimulatedProcess? parent, int slots) => _places.Add((process, parent, slots));

    public IEnumerable<SimulatedProcess> All() => _places.Select(p => p.Process);

    /// <summary>Whose turn it is.</summary>
    public IEnumerable<SimulatedProcess> Holders()
    {
        foreach (var queue in _places.GroupBy(p => p.Parent?.Pid))
        {
            int least = int.MaxValue, running = 0;
            foreach (var place in queue)
            {
                least = Math.Min(least, place.Slots);
                if (running >= least)
                {
                    break;
                }

                running++;
                yield return place.Process;
            }
        }
    }

    /// <summary>Whether so many run at once as none of them bears; says it of who really runs, not of who should.</summary>
    public bool IsCrowded() => _places
        .Where(p => p.Process.HasTurn)
        .GroupBy(p => p.Parent?.Pid)
        .Any(queue => queue.Count() > queue.Min(p => p.Slots));

    public IEnumerable<SimulatedProcess> Waiters() => All().Except(Holders());

    public bool IsChildless(SimulatedProcess process) => _places.TrueForAll(p => p.Parent != process);

    /// <summary>Takes a process and everything inside its lease out; tells all of them, parents first.</summary>
    public IReadOnlyList<SimulatedProcess> Remove(SimulatedProcess process)
    {
        List<SimulatedProcess> removed = [process];
        for (int i = 0; i < removed.Count; i++)
        {
            removed.AddRange(_places.Where(p => p.Parent == removed[i]).Select(p => p.Process));
        }

        _places.RemoveAll(p => removed.Contains(p.Process));
        return removed;
    }
}
