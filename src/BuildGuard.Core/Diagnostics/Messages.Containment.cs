using BuildGuard.Containment;
using BuildGuard.Processes;
using BuildGuard.Settings;

namespace BuildGuard.Diagnostics;

public static partial class Messages
{
    /// <summary>BG4001: processes outlived their operation and were ended. Ordinary life: leaking is what the guard is there for.</summary>
    public static GuardMessage OrphansEnded(IReadOnlyList<EndedProcess> ended) => Note(
        "BG4001",
        $"ended {(ended.Count == 1 ? "an orphan that was" : $"{ended.Count} orphans that were")} still running after the operation: {Orphans(ended)}. To leave such a process alive name it in BuildGuardKeep or --keep");

    /// <summary>BG4002: a limit or the containment itself is weaker here than asked for.</summary>
    /// <param name="rung">What is used instead.</param>
    /// <param name="weaknesses">What does not hold fully, and why.</param>
    /// <param name="level">How much that matters to whoever is told.</param>
    public static GuardMessage WeakerContainment(Rung rung, IReadOnlyList<string> weaknesses, MessageLevel level = MessageLevel.Warning) => new(
        level,
        "BG4002", $"weaker containment than asked for ({rung.ToName()}): {OneLine(string.Join("; ", weaknesses), 600)}. 'buildguard doctor' says how to get a better one");

    /// <summary>BG4003: something is left that cannot be ended, so the turn cannot be given on.</summary>
    public static GuardMessage CannotEnd(string what, IReadOnlyList<int> pids, string reason) => Error(
        "BG4003", $"{what} cannot be ended: {OneLine(reason)} (pid {string.Join(", ", pids.Take(16))}). The turn is not given on before it is gone: end it by hand, or restart the machine if it hangs in the kernel (state D)");

    /// <summary>BG4004: the command cannot be started contained, so it is not started at all.</summary>
    public static GuardMessage CannotContain(string reason) => Error(
        "BG4004", $"no command can be started contained: {OneLine(reason, 400)}. 'buildguard doctor' says what this machine offers; BUILDGUARD_CONTAINMENT=bare takes the weakest containment");

    /// <summary>BG4005: the program that contained a command was killed.</summary>
    /// <param name="exitCode">Its exit code, 128 + the signal.</param>
    public static GuardMessage HelperKilled(int exitCode) => Error(
        "BG4005", $"the helper that ran this command was killed (exit code {exitCode}), so it is not known how the command ended; what it had started was ended");

    /// <summary>BG4006: processes of the tool chain that waited for a next build were ended, as asked for.</summary>
    /// <param name="ended">What was ended.</param>
    /// <param name="idle">How long each had done nothing, at least.</param>
    public static GuardMessage IdleEnded(IReadOnlyList<EndedProcess> ended, TimeSpan idle) => Note(
        "BG4006",
        $"ended {(ended.Count == 1 ? "a leftover" : $"{ended.Count} leftovers")} of the tool chain, idle for {Duration.ToText(idle)} or longer: {Orphans(ended)}. The next build starts new ones; 'buildguard env' says how not to have them");

    /// <summary>BG4007: what another user's dead lease left runs on, for only that user or root may end it.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="left">What runs on.</param>
    public static GuardMessage LeftToAnother(string lease, IReadOnlyList<ProcessRow> left)
    {
        ArgumentNullException.ThrowIfNull(left);
        string named = string.Join(", ", left.Take(5).Select(row => $"{OneLine(row.Name, 32)} (pid {row.Pid})"));
        return Warning(
            "BG4007",
            $"what another user's lease {lease} left still runs, and only that user or root may end it: {named}{(left.Count > 5 ? $" and {left.Count - 5} more" : "")}. This goes on beside it; 'buildguard reap', run by that user or by root, ends it");
    }

    /// <summary>BG4008: what a dead holder in another PID namespace left cannot be seen from here.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="label">What it was for.</param>
    /// <param name="pid">Its holder, in its own namespace.</param>
    public static GuardMessage LeftUnseen(string lease, string label, int pid) => Warning(
        "BG4008",
        $"'{OneLine(label, 64)}' (lease {lease}, pid {pid} there) died in another container or PID namespace: what it left running there, if that still exists, cannot be seen from here. This goes on; the next run there, or 'buildguard reap' there or on the host, ends it");

    /// <summary>BG5002: the stand-in for the test console does not find the real one.</summary>
    public static GuardMessage TestConsoleNotFound() => Error(
        "BG5002", "the test console of the SDK was not found. Run the tests with 'dotnet test', or set BuildGuardTests=false");

    /// <summary>BG5003: a test run whose settings did not reach the stand-in for the test console.</summary>
    public static GuardMessage TestsUnguarded() => Warning(
        "BG5003", "this test run is not guarded, because its project's settings did not reach it. Run the tests with 'dotnet test', or set BuildGuardTests=false");

    private static string Orphans(IReadOnlyList<EndedProcess> ended)
    {
        string named = string.Join(", ", ended.Take(5).Select(p =>
            $"{OneLine(p.Name, 32)} (pid {p.Pid}, {Duration.ToAge(TimeSpan.FromMilliseconds(p.AgeMilliseconds))} old, {Size.ToText(p.MemoryBytes)})"));
        return ended.Count > 5 ? $"{named} and {ended.Count - 5} more" : named;
    }
}
