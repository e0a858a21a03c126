using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;

namespace BuildGuard.Operations;

/// <summary>
/// What an operation tells the world while it goes on: the audit trail keeps it, and people are told what they need to
/// know of it. A failure to tell never fails the operation.
/// </summary>
public interface IOperationJournal
{
    /// <summary>A place was taken. Not called when nobody stands before: then it is acquired at once.</summary>
    void Enqueued(LeaseId lease);

    /// <summary>Whether somebody wants to be told of the waiting, again and again.</summary>
    bool TellsOfWaiting => true;

    /// <summary>No place can be taken: somebody keeps the queue's short lock. Called at intervals.</summary>
    /// <param name="lockName">The lock that was asked for.</param>
    /// <param name="leaseVariable">What names the lease in whose queue a place is asked for, if it is in one.</param>
    /// <param name="waited">How long so far.</param>
    void Shut(string lockName, string? leaseVariable, TimeSpan waited);

    /// <summary>Still waiting; called at growing intervals.</summary>
    void Waiting(LeaseId lease, TimeSpan waited);

    /// <summary>The lease of a dead holder is about to be ended.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="record">What its ticket says; <c>null</c> if it is damaged or gone.</param>
    void LeftoversFound(LeaseId lease, LeaseRecord? record);

    /// <summary>The command cannot be started; nothing was run.</summary>
    /// <param name="report">What came of it.</param>
    /// <param name="problem">Why, for people.</param>
    /// <param name="lease">The lease that was given back; <c>null</c> if it never had its turn.</param>
    void NotStarted(OperationReport report, GuardMessage problem, LeaseId? lease);

    /// <summary>The guard itself cannot go on. Kept only: whoever asked for the operation is told by an exception.</summary>
    /// <param name="problem">Why.</param>
    /// <param name="lease">The lease; <c>null</c> if no place was taken.</param>
    /// <param name="waited">Time since the place was asked for.</param>
    /// <param name="hasBegun">Whether the command ran, or the build went on: then the lease stays, for something of it cannot be ended.</param>
    void Failed(GuardMessage problem, LeaseId? lease, TimeSpan waited, bool hasBegun);

    /// <summary>The command runs, or the build may go on.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="waited">Time in the queue and in the pre-flight check.</param>
    /// <param name="rung">How the command is contained; <c>null</c> for a session, which starts none.</param>
    /// <param name="pid">The command's process, or the build's.</param>
    /// <param name="mayWait">Whether it need not be kept before what comes next is: the command is over, and the next one waits.</param>
    void Acquired(LeaseId lease, TimeSpan waited, Rung? rung, int pid, bool mayWait = false);

    /// <summary>Limits hold less strongly than they were given; kept in any case.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="all">What is weaker, by a message.</param>
    /// <param name="told">What people are told of it; <c>null</c> for nothing.</param>
    void Weakened(LeaseId lease, GuardMessage all, GuardMessage? told);

    /// <summary>80 % of a limit is used.</summary>
    void NearLimit(LeaseId lease, Finding finding, Limits limits, in Usage usage);

    /// <summary>A limit was reached; the tree is about to be ended.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="finding">Which.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="usage">What was measured.</param>
    /// <param name="processes">The processes at that moment.</param>
    void Breached(LeaseId lease, Finding finding, Limits limits, in Usage usage, IReadOnlyList<Processes.ProcessRow> processes);

    /// <summary>The tree has done nothing for the stall time.</summary>
    void Stalled(LeaseId lease, Limits limits, IReadOnlyList<Processes.ProcessRow> processes);

    /// <summary>Processes that a breach, a cancel or a time-out ended.</summary>
    void Killed(LeaseId lease, Outcome outcome, IReadOnlyList<EndedProcess> ended);

    /// <summary>Processes that the command had left behind and that were ended.</summary>
    void OrphansEnded(LeaseId lease, IReadOnlyList<EndedProcess> ended);

    /// <summary>Processes that were left alive because the user named them.</summary>
    void Kept(LeaseId lease, IReadOnlyList<Processes.ProcessRow> kept);

    /// <summary>The place in the queue was given up, or the running operation stopped, by request.</summary>
    void Cancelled(LeaseId lease, string reason);

    /// <summary><c>buildguard stop</c> ended it.</summary>
    /// <param name="lease">The place in the queue, or the running operation.</param>
    /// <param name="wasWaiting">Which of the two.</param>
    void Stopped(LeaseId lease, bool wasWaiting);

    /// <summary>The lease was given back, or refused.</summary>
    /// <param name="report">What came of it.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="at">When: this is told after the next one has gone on. <c>null</c>: now.</param>
    void Released(OperationReport report, LeaseId lease, DateTimeOffset? at = null);
}
