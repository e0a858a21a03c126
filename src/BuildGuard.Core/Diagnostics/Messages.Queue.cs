using BuildGuard.Leases;
using BuildGuard.Preflight;
using BuildGuard.Settings;

namespace BuildGuard.Diagnostics;

public static partial class Messages
{
    /// <summary>BG1001: waiting for the turn.</summary>
    /// <param name="position">The place in the queue; 1 is next.</param>
    /// <param name="holder">Label or command of who has the turn.</param>
    /// <param name="holderPid">Its process id.</param>
    /// <param name="holderAge">How long it has had the turn.</param>
    /// <param name="waited">How long we have waited so far.</param>
    /// <param name="stopped">The processes to be told to go on if the holder is stopped; <c>null</c> or empty if it is not.</param>
    /// <param name="isKept">Whether the program that held the turn for a build was killed, and the build keeps it.</param>
    public static GuardMessage Waiting(
        int position, string holder, int holderPid, TimeSpan holderAge, TimeSpan waited, IReadOnlyCollection<int>? stopped = null, bool isKept = false) => Note(
        "BG1001",
        $"{Place(position, waited)}: '{OneLine(holder)}' (pid {holderPid}) has had it for {Duration.ToAge(holderAge)}{(isKept ? $", and {KeptByBuild}" : "")}{AndStopped(stopped)}");

    /// <summary>What is to be known of a session whose helper was killed.</summary>
    public const string KeptByBuild = "keeps it until the build ends, though the helper that held it was killed";

    /// <summary>BG1001 when nobody holds the turn, because it has come to one that does not run yet.</summary>
    /// <param name="position">The place in the queue; 1 is next.</param>
    /// <param name="first">Label or command of the first one in the queue.</param>
    /// <param name="firstPid">Its process id.</param>
    /// <param name="firstAge">How long it has been in the queue.</param>
    /// <param name="wait">What it waits for; <c>null</c> if it is just being given the turn.</param>
    /// <param name="waited">How long we have waited so far.</param>
    /// <param name="stopped">The processes to be told to go on if the first one is stopped; <c>null</c> or empty if it is not.</param>
    public static GuardMessage WaitingBehind(
        int position, string first, int firstPid, TimeSpan firstAge, PreflightWait? wait, TimeSpan waited, IReadOnlyCollection<int>? stopped = null) => Note(
        "BG1001",
        (wait is null
            ? $"{Place(position, waited)}: '{OneLine(first)}' (pid {firstPid}) is just getting it"
            : $"{Place(position, waited)}: '{OneLine(first)}' (pid {firstPid}), in the queue for {Duration.ToAge(firstAge)}, is first and keeps it while it waits for {wait}") + AndStopped(stopped));

    /// <summary>BG1001 when the holder cannot be named: it has just ended, or its record is not to be read.</summary>
    /// <param name="position">The place in the queue; 1 is next.</param>
    /// <param name="waited">How long we have waited so far.</param>
    /// <param name="unreadable">The lease whose ticket is held and cannot be read; <c>null</c> if none is known.</param>
    public static GuardMessage Waiting(int position, TimeSpan waited, string? unreadable) => Note(
        "BG1001",
        Place(position, waited) + (unreadable is null
            ? ", and it cannot be told who has it: 'buildguard status' looks further"
            : $": somebody holds {unreadable}, whose ticket cannot be read, so it cannot be told who; 'buildguard stop' finds and ends whoever that is"));

    /// <summary>How stopped processes are made to go on, as a command.</summary>
    public static string Continue(IEnumerable<int> stopped) => $"kill -CONT {string.Join(' ', stopped)}";

    private static string AndStopped(IReadOnlyCollection<int>? stopped) =>
        stopped is null or { Count: 0 } ? "" : $", and is stopped: '{Continue(stopped)}' lets it go on";

    // The first word comes at once or after a second, the next ones a quarter of a minute later and more.
    private static string Place(int position, TimeSpan waited) => waited < TimeSpan.FromSeconds(5)
        ? $"waiting for the turn at position {position}"
        : $"still waiting for the turn at position {position} after {Duration.ToAge(waited)}";

    /// <summary>BG1002 when nobody waits for the turn.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="label">What it was for.</param>
    /// <param name="holderPid">The holder's process id.</param>
    public static GuardMessage Reaping(string lease, string label, int holderPid) => Note(
        "BG1002", $"'{OneLine(label)}' (lease {lease}, pid {holderPid}) died without cleaning up: what it left is being ended");

    /// <summary>BG1002 for a lease whose holder is gone when the one around it ends in an orderly way.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="label">What it was for.</param>
    /// <param name="holderPid">The holder's process id.</param>
    public static GuardMessage EndingInside(string lease, string label, int holderPid) => Note(
        "BG1002", $"'{OneLine(label)}' (lease {lease}, pid {holderPid}) had not given back when the lease around it was ended: what is left of it is ended with that");

    /// <summary>BG1002: a holder died without cleaning up; what it left is being ended before the turn is given.</summary>
    public static GuardMessage EndingLeftover(string lease, string label, int holderPid) => Note(
        "BG1002", $"'{OneLine(label)}' (lease {lease}, pid {holderPid}) died without cleaning up: what it left is being ended first");

    /// <summary>BG1002 for a ticket that nobody holds and nobody can read, or that was deleted: it may have been a lease.</summary>
    public static GuardMessage EndingDamaged(string lease) => Note(
        "BG1002", $"the ticket of {lease} is damaged or gone and nobody holds it, so it cannot be told whose it was: what may be left of it is being ended first");

    /// <summary>BG1004: there is no further ticket number.</summary>
    public static GuardMessage NumbersExhausted(string queue, ulong largest) => Error(
        "BG1004", $"the queue '{queue}' holds a ticket with the largest number there is ({largest}), so no further one can be given; remove that file when nothing is running");

    /// <summary>BG1005: the program that held the turn for a build was killed while the build runs.</summary>
    public static GuardMessage SessionHelperKilled() => Warning(
        "BG1005", "the helper that held the turn for this build was killed; the build keeps the turn until it ends, and no other one starts before");

    /// <summary>BG1006: <c>buildguard stop</c>, or another verb that ends leases, ended it.</summary>
    /// <param name="wasWaiting">Whether it was still waiting for its turn.</param>
    /// <param name="cause">That verb, and why; by default <c>stop</c>.</param>
    public static GuardMessage Stopped(bool wasWaiting, StopCause? cause = null)
    {
        string verb = cause?.Verb ?? "stop";
        string what = cause?.Shortage is { } s
            ? $"stopped by 'buildguard {verb}': {Percent(s.UsedPercent)} of the memory of this machine or container was in use, the threshold is {Percent(s.ThresholdPercent)} (--memory-threshold), and the largest guarded tree was this one with {Size.ToText(s.TreeBytes)}"
            : $"stopped by 'buildguard {verb}'";
        return Error("BG1006", what + (wasWaiting
            ? $"{(cause?.Shortage is null ? "" : ",")} while it waited for the turn; nothing was run"
            : $"; the whole process tree was ended{(cause?.Shortage is null ? "" : ". Start it again when there is room, with a lower BuildGuardMaxMemory or --memory if it should not come this far")}"));
    }

    /// <summary>BG1010: a file of ours holds something we did not write.</summary>
    public static GuardMessage DamagedStateFile(string path, string movedTo) => Warning(
        "BG1010", $"the state file {path} is damaged and was moved to {movedTo}; the guard goes on without it");

    /// <summary>BG1008: leases whose holder died are still there, with what it left running.</summary>
    /// <param name="labels">What they are called.</param>
    public static GuardMessage DeadLeases(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return Warning(
            "BG1008",
            $"{(labels.Count == 1 ? "a lease has" : $"{labels.Count} leases have")} lost the holder, which was killed: {OneLine(string.Join(", ", labels))}. The next in the queue ends what it left; 'buildguard reap' does it now");
    }

    /// <summary>BG1008 for leases of which no ticket tells any more: what they left running does.</summary>
    /// <param name="processes">Its processes.</param>
    public static GuardMessage UntoldProcesses(IReadOnlyList<string> processes)
    {
        ArgumentNullException.ThrowIfNull(processes);
        return Warning(
            "BG1008",
            $"{processes.Count} process{(processes.Count == 1 ? "" : "es")} left by leases of which no ticket tells: {OneLine(string.Join(", ", processes))}. The next guarded command ends {(processes.Count == 1 ? "it" : "them")}, or 'buildguard stop'");
    }

    /// <summary>BG1012 for tickets that are gone: the kernel alone tells of those who hold them.</summary>
    /// <param name="processes">The processes, as in <c>buildguard (pid 12)</c>.</param>
    public static GuardMessage HeldUnrecorded(IReadOnlyList<string> processes)
    {
        ArgumentNullException.ThrowIfNull(processes);
        return Warning(
            "BG1012",
            $"{OneLine(string.Join(", ", processes))} {(processes.Count == 1 ? "holds a lock of the guard's or waits for one, and its ticket is gone" : "hold locks of the guard's or wait for one, and their tickets are gone")}: somebody emptied the state directory. Nothing is lost by that; who is not to go on is ended by 'buildguard stop'");
    }

    /// <summary>BG1013: no place can be taken in the queue, for somebody keeps its short lock.</summary>
    /// <param name="mutex">The file whose lock it is.</param>
    /// <param name="holders">The processes that keep it, as far as they may be looked into.</param>
    /// <param name="waited">How long so far.</param>
    public static GuardMessage QueueShut(string mutex, IReadOnlyList<int> holders, TimeSpan waited)
    {
        ArgumentNullException.ThrowIfNull(holders);
        string who = holders.Count == 0 ? "somebody" : $"{(holders.Count == 1 ? "process" : "processes")} {string.Join(", ", holders)}";
        return Note(
            "BG1013",
            $"no place in the queue for {Duration.ToAge(waited)}: {who} keeps the lock of '{mutex}', which is commonly had for less than a millisecond. It is stopped ('kill -CONT PID' lets it go on) or stuck (end it); 'grep FLOCK /proc/locks' lists who keeps a lock");
    }

    /// <summary>BG1012: tickets are held that cannot be read.</summary>
    /// <param name="leases">Whose tickets.</param>
    public static GuardMessage HeldUnreadable(IReadOnlyList<string> leases)
    {
        ArgumentNullException.ThrowIfNull(leases);
        return Warning(
            "BG1012",
            $"{(leases.Count == 1 ? "a ticket is held and cannot be read" : $"{leases.Count} tickets are held and cannot be read")}: {OneLine(string.Join(", ", leases))}. The others wait until {(leases.Count == 1 ? "its holder ends" : "their holders end")}; 'buildguard stop' ends whoever that is");
    }
}
