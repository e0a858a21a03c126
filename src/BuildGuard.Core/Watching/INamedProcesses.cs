namespace BuildGuard.Watching;

/// <summary>
/// The unguarded processes that the user allows <c>buildguard monitor</c> to end. Only those of this user and this PID namespace;
/// never this program or whom it descends from, process 1, a thread of the kernel, a helper of the guard, what is guarded, or
/// whom something guarded descends from.
/// </summary>
public interface INamedProcesses
{
    /// <summary>Looks for them: of those that descend from each other the outermost, each with its descendants.</summary>
    /// <param name="names">Their names, as in the setting <c>MonitorEnds</c>.</param>
    /// <param name="guarded">Processes that hold a lease, wait for one, or run under one; their descendants count too.</param>
    IReadOnlyList<NamedSample> Find(IReadOnlyCollection<string> names, IReadOnlySet<int> guarded);

    /// <summary>Asks one and its descendants to end, ends those that do not, and returns when none is left.</summary>
    /// <param name="sample">The one; nothing happens if exactly that process is gone, or has another name now.</param>
    /// <param name="guarded">As in <see cref="Find"/>.</param>
    /// <param name="grace">How long they have to end by themselves.</param>
    /// <returns><c>false</c>: something of it is left, because by now it is guarded, runs something guarded, or is another program.</returns>
    /// <exception cref="Diagnostics.GuardException">BG4003: something of it cannot be ended.</exception>
    bool End(NamedSample sample, IReadOnlySet<int> guarded, TimeSpan grace);
}
