using BuildGuard.Processes;

namespace BuildGuard.Cli.Views;

/// <summary>
/// What still runs though nobody holds a lease: left by some of which no ticket tells, for it was damaged or deleted. It is shown and not
/// ended: somebody may come to the turn in this moment, and whoever does ends it before.
/// </summary>
internal static class UntoldProcesses
{
    /// <summary>As in <c>2 processes left by leases of which no ticket tells</c>.</summary>
    public static string Count(int processes) => $"{processes} process{(processes == 1 ? "" : "es")} left by leases of which no ticket tells";

    /// <summary>That, and who ends them.</summary>
    public static string Sentence(int processes) =>
        $"{Count(processes)}: the next guarded command ends {(processes == 1 ? "it" : "them")}, or 'buildguard stop'";

    /// <summary>Looks for them; none while somebody holds or waits.</summary>
    /// <exception cref="Diagnostics.GuardException">The state directory cannot be read.</exception>
    public static IReadOnlyList<ProcessRow> Find(Composition composition)
    {
        // Whoever has come to the turn since they were found is seen now.
        IReadOnlyList<ProcessRow> found = composition.Containment.FindAll();
        return found.Count > 0 && composition.Viewer.LookAtAll().All(static tree => tree.Leases.Count == 0) && composition.UnrecordedHolders.Look([]).Count == 0
            ? composition.ShownCommands.Of(found)
            : [];
    }
}
