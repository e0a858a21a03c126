using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Containment;

/// <summary>The way this machine contains a process tree: the best rung that can be had.</summary>
public interface IContainment
{
    /// <summary>The rung that new containers get.</summary>
    Rung Rung { get; }

    /// <summary>Every better rung, and why it is refused here.</summary>
    IReadOnlyList<RungRefusal> Refusals { get; }

    /// <summary>Limits of those given that this rung can enforce less strongly than asked for, each with its reason; empty if all hold.</summary>
    IReadOnlyList<string> Weaknesses(Limits limits);

    /// <summary>Looks, by the rules of execvp(3), whether a command can be started, as far as that can be told beforehand.</summary>
    /// <param name="command">The command as given; looked up in the path unless it holds a slash.</param>
    /// <param name="path">The value of <c>PATH</c>; <c>null</c> if it is not set.</param>
    /// <exception cref="CommandStartException">It is not there, or cannot be executed.</exception>
    void RequireCommand(string command, string? path);

    /// <summary>
    /// Decides where the lease's processes will live, on a lower rung than <see cref="Rung"/> was if that cannot be had
    /// any more. At most this program itself changes its place: what it starts comes after
    /// <see cref="IContainer.Record"/> was written to the lease.
    /// </summary>
    IContainer Plan(LeaseId lease, Limits limits);

    /// <summary>The same for a lease that still waits for its turn; <c>null</c> where that would change this program's own place.</summary>
    IContainer? PlanAhead(LeaseId lease, Limits limits);

    /// <summary>Removes the empty place of a lease whose holder was killed before its turn, or after all was ended.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="record">What <see cref="IContainer.Record"/> said; empty if unknown.</param>
    /// <returns>Whether it is gone, or not ours to remove; not while a process in it is still on its way out.</returns>
    bool RemovePlace(LeaseId lease, string record);

    /// <summary>
    /// Ends everything that a dead holder of <paramref name="lease"/> left, and returns when it is proven empty; but for what
    /// this user may not end of another's.
    /// </summary>
    /// <param name="lease">The lease whose holder is dead.</param>
    /// <param name="record">What <see cref="IContainer.Record"/> said; empty if unknown.</param>
    /// <param name="whose">Whose the lease is.</param>
    /// <returns>What was ended, and what is left to that user, or root.</returns>
    /// <exception cref="Diagnostics.GuardException">BG4003: something is left that cannot be ended.</exception>
    LeftoversEnd EndLeftovers(LeaseId lease, string record, LeaseUser whose = default);

    /// <summary>
    /// Whether <see cref="EndLeftovers"/> would find what a dead holder left: everything it started lives in that one's PID
    /// namespace or below, and that is seen from here, or the kernel keeps a list that is.
    /// </summary>
    /// <param name="holder">Who held the lease.</param>
    /// <param name="record">What <see cref="IContainer.Record"/> said; empty if unknown.</param>
    bool Sees(ProcessIdentity holder, string record) => true;

    /// <summary>The same look, without ending anything.</summary>
    IReadOnlyList<ProcessRow> FindLeftovers(LeaseId lease, string record, LeaseUser whose = default);

    /// <summary>
    /// Everything that any lease of the state directory contains, as far as the processes themselves and the kernel's lists tell: where
    /// the directory cannot be read, or its tickets are gone, nothing else does.
    /// </summary>
    IReadOnlyList<ProcessRow> FindAll();

    /// <summary>Ends what <see cref="FindAll"/> finds.</summary>
    /// <returns>What was ended.</returns>
    /// <exception cref="Diagnostics.GuardException">BG4003: something is left that cannot be ended.</exception>
    IReadOnlyList<EndedProcess> EndAll();

    /// <summary>The most memory that a lease's processes used at once, in bytes; <c>null</c> where the kernel does not keep it.</summary>
    long? PeakMemoryOf(LeaseId lease, string record) => null;
}

/// <summary>What came of ending what a dead holder left.</summary>
/// <param name="Ended">What was ended.</param>
/// <param name="Left">What still runs: another user's, which this one may not end.</param>
public sealed record LeftoversEnd(IReadOnlyList<EndedProcess> Ended, IReadOnlyList<ProcessRow> Left);

/// <summary>A process that the guard ended.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="Name">Its short name.</param>
/// <param name="Command">Its command line.</param>
/// <param name="AgeMilliseconds">How long it had been running, in milliseconds.</param>
/// <param name="MemoryBytes">The memory it used, in bytes.</param>
public sealed record EndedProcess(int Pid, string Name, string Command, long AgeMilliseconds, long MemoryBytes);
