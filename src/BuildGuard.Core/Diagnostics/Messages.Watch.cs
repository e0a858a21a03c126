using System.Globalization;
using BuildGuard.Settings;

namespace BuildGuard.Diagnostics;

public static partial class Messages
{
    /// <summary>BG3006: memory of the machine or container is above the threshold of <c>buildguard monitor</c>.</summary>
    /// <param name="percent">Memory in use, in per cent.</param>
    /// <param name="threshold">The threshold, in per cent.</param>
    /// <param name="usedBytes">Memory in use, in bytes.</param>
    /// <param name="usableBytes">What may be used, in bytes.</param>
    /// <param name="endsNamed">Whether unguarded processes may be ended by name too.</param>
    /// <param name="dryRun">Whether nothing is ended for it.</param>
    public static GuardMessage MachineMemoryHigh(double percent, double threshold, long usedBytes, long usableBytes, bool endsNamed, bool dryRun) => Warning(
        "BG3006", $"{Percent(percent)} of the memory of this machine or container is in use ({Size.ToText(usedBytes)} of {Size.ToText(usableBytes)}), the threshold is {Percent(threshold)} (--memory-threshold). From there on the largest {(endsNamed ? "of the guarded trees and the processes that MonitorEnds names" : "guarded tree")} {(dryRun ? "would be ended; this is a dry run" : "is ended, one at a time, until memory falls")}");

    /// <summary>BG3006 when it is over.</summary>
    public static GuardMessage MachineMemoryCalm(double percent, double threshold) => Note(
        "BG3006", $"{Percent(percent)} of the memory of this machine or container is in use, below the threshold of {Percent(threshold)} again");

    /// <summary>BG3006 when nothing that may be ended is large enough to be ended for it.</summary>
    /// <param name="percent">Memory in use, in per cent.</param>
    /// <param name="leastBytes">The least that one must take to be ended, in bytes.</param>
    /// <param name="endsNamed">Whether unguarded processes may be ended by name too.</param>
    public static GuardMessage NothingToEnd(double percent, long leastBytes, bool endsNamed) => Warning(
        "BG3006", $"{Percent(percent)} of the memory of this machine or container is in use, and no guarded operation{(endsNamed ? ", nor a process that MonitorEnds names," : "")} takes as much as {Size.ToText(leastBytes)}: nothing is ended. What takes the memory is not guarded, or belongs to a build itself: 'ps axo pid,rss,args --sort -rss' shows it, BUILDGUARD_MONITOR_ENDS names what may be ended though it is not guarded");

    /// <summary>BG3007: <c>buildguard monitor</c> ended a tree, or would in a dry run.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="label">What people see.</param>
    /// <param name="bytes">The memory of its processes, in bytes.</param>
    /// <param name="percent">Memory of the machine in use, in per cent.</param>
    /// <param name="dryRun">Whether it was only said.</param>
    public static GuardMessage TreeEnded(string lease, string label, long bytes, double percent, bool dryRun) => new(
        dryRun ? MessageLevel.Message : MessageLevel.Error,
        "BG3007",
        $"{(dryRun ? "would end" : "ended")} '{OneLine(label)}' (lease {lease}), the largest guarded tree with {Size.ToText(bytes)}, because {Percent(percent)} of the memory is in use. Start it again when there is room, with a lower BuildGuardMaxMemory or --memory if it should not come this far");

    /// <summary>BG3007 when the tree that was to be ended is still there.</summary>
    public static GuardMessage TreeNotEnded(string lease, string label, int left) => Error(
        "BG3007", $"'{OneLine(label)}' (lease {lease}) was to be ended because memory runs out, and {left} of its leases are still there. Run 'buildguard stop {lease}' as root, or as the user to whom it belongs");

    /// <summary>BG3010: <c>buildguard monitor</c> ended an unguarded process that the configuration names, or would in a dry run.</summary>
    /// <param name="name">The process's name.</param>
    /// <param name="pid">Its id.</param>
    /// <param name="rule">The name that it was found by.</param>
    /// <param name="source">Where that stands.</param>
    /// <param name="processes">It and its descendants.</param>
    /// <param name="bytes">The memory of all of them, in bytes.</param>
    /// <param name="percent">Memory of the machine in use, in per cent.</param>
    /// <param name="dryRun">Whether it was only said.</param>
    public static GuardMessage NamedEnded(string name, int pid, string rule, string source, int processes, long bytes, double percent, bool dryRun) => new(
        dryRun ? MessageLevel.Message : MessageLevel.Error,
        "BG3010",
        $"{(dryRun ? "would end" : "ended")} '{OneLine(name)}' (pid {pid}), which is not guarded and which MonitorEnds ({source}) names as '{OneLine(rule)}': {Count(processes)} with {Size.ToText(bytes)}, because {Percent(percent)} of the memory is in use. Take the name out of MonitorEnds if it is to live");

    /// <summary>BG1012 when a ticket's holder might be one that the configuration names.</summary>
    /// <param name="leases">Whose tickets.</param>
    public static GuardMessage NamedSpared(IReadOnlyList<string> leases)
    {
        ArgumentNullException.ThrowIfNull(leases);
        return Warning(
            "BG1012", $"who holds {OneLine(string.Join(", ", leases))} can be neither read nor seen, and may be one that MonitorEnds names: none of those is ended until that ticket is gone");
    }

    /// <summary>BG3010 when something of it is still there.</summary>
    /// <param name="name">The process's name.</param>
    /// <param name="pid">Its id.</param>
    /// <param name="problem">What is left, and why.</param>
    public static GuardMessage NamedNotEnded(string name, int pid, string problem) => Error(
        "BG3010", $"'{OneLine(name)}' (pid {pid}) was to be ended because memory runs out, and could not be. {problem}");

    /// <summary>BG3008: there are more processes in guarded trees than the threshold of <c>buildguard monitor</c>.</summary>
    public static GuardMessage ManyProcesses(int count, int threshold) => Warning(
        "BG3008", $"{count} processes run in guarded trees, the threshold is {threshold} (--process-threshold). 'buildguard status' shows them; a limit for one operation is BuildGuardMaxProcesses");

    /// <summary>BG3009: the memory of a guarded tree grows steadily, and reaches a limit before the machine's threshold.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="label">What people see.</param>
    /// <param name="bytes">The memory of its processes now, in bytes.</param>
    /// <param name="bytesPerSecond">How fast it grows.</param>
    /// <param name="left">How long it takes to the limit at that pace.</param>
    /// <param name="limitBytes">The limit, in bytes.</param>
    /// <param name="isTold">Whether the ticket says so; else it is the one that would hold here.</param>
    /// <param name="around">The lease around it whose limit that is; <c>null</c>: it is its own.</param>
    /// <param name="aroundLabel">What people see of that.</param>
    public static GuardMessage MemoryGrowsToLimit(
        string lease, string label, long bytes, double bytesPerSecond, TimeSpan left, long limitBytes, bool isTold, string? around, string aroundLabel) => Warning(
        "BG3009", $"{Growth(lease, label, bytes, bytesPerSecond)} it reaches the limit of {Size.ToText(limitBytes)}{(around is null ? "" : $" of '{OneLine(aroundLabel)}' (lease {around}) around it")}"
            + $" ({(isTold ? "BuildGuardMaxMemory or --memory" : "BuildGuardMaxMemory as set here: its ticket does not tell its own")}) and is ended in {Duration.ToAge(left)}");

    /// <summary>BG3009 where the machine's threshold comes first.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="label">What people see.</param>
    /// <param name="bytes">The memory of its processes now, in bytes.</param>
    /// <param name="bytesPerSecond">How fast it grows.</param>
    /// <param name="left">How long it takes to the threshold at that pace.</param>
    /// <param name="threshold">That threshold, in per cent.</param>
    public static GuardMessage MemoryGrowsToThreshold(string lease, string label, long bytes, double bytesPerSecond, TimeSpan left, double threshold) => Warning(
        "BG3009", $"{Growth(lease, label, bytes, bytesPerSecond)} the machine reaches the threshold of {Percent(threshold)}, and the largest guarded tree is ended, in {Duration.ToAge(left)}");

    /// <summary>BG3004 as <c>buildguard monitor</c> says it.</summary>
    public static GuardMessage TreeStalled(string lease, string label, TimeSpan quietFor) => Warning(
        "BG3004", $"'{OneLine(label)}' (lease {lease}) is stalled: no CPU and no output for {Duration.ToAge(quietFor)}. 'buildguard status' shows its processes, 'buildguard stop {lease}' ends it");

    /// <summary>BG1007: a lock is held unusually long.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="label">What people see.</param>
    /// <param name="pid">The process that holds it.</param>
    /// <param name="held">For how long.</param>
    /// <param name="threshold">From when on that is unusual.</param>
    public static GuardMessage HeldLong(string lease, string label, int pid, TimeSpan held, TimeSpan threshold) => Warning(
        "BG1007", $"'{OneLine(label)}' (lease {lease}, pid {pid}) has had the turn for {Duration.ToAge(held)}, longer than {Duration.ToText(threshold)} (--held-threshold). If it should not: 'buildguard stop {lease}' ends it, BuildGuardTimeout or --timeout limits the next one");

    private static string Growth(string lease, string label, long bytes, double bytesPerSecond) =>
        $"the memory of '{OneLine(label)}' (lease {lease}) grows steadily: {Size.ToText(bytes)} now, {Size.ToText((long)(bytesPerSecond * 60))} more each minute. At that pace";

    private static string Count(int processes) => $"{processes} process{(processes == 1 ? "" : "es")}";

    /// <summary>A threshold may be less than a tenth; a figure that was measured is not told more exactly than that.</summary>
    private static string Percent(double percent) => percent.ToString(percent < 0.1 ? "0.##" : "0.#", CultureInfo.InvariantCulture) + " %";
}
