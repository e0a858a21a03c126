namespace BuildGuard.Leases.Tests.Simulation;

/// <summary>What the lease tree must look like from outside: a list for each queue, of which the first run.</summary>
internal sealed class QueueModel(int slots)
{
    private readonly List<(SimulatedProcess Process, SimulatedProcess? Parent)> _places = [];

    public void Enter(SimulatedProcess process, SimulatedProcess? parent) => _places.Add((process, parent));

    public IEnumerable<SimulatedProcess> All() => _places.Select(p => p.Process);

    /// <summary>Whose turn it is.</summary>
    public IEnumerable<SimulatedProcess> Holders() =>
        _places.GroupBy(p => p.Parent?.Pid).SelectMany(queue => queue.Take(slots)).Select(p => p.Process);

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
