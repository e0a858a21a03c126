using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Audit;

/// <summary>One line of the audit trail. What does not belong to the event is <c>null</c> and not written.</summary>
public sealed record AuditRecord
{
    /// <summary>What happened.</summary>
    public required AuditEvent Event { get; init; }

    /// <summary>When, UTC; set by <see cref="AuditTrail"/>.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The lease, or the place in the queue that would have become it.</summary>
    public string? Lease { get; init; }

    /// <summary>The process that holds the lease: a <c>buildguard</c> program.</summary>
    public int Pid { get; init; }

    /// <summary>What the lease is for.</summary>
    public LeaseKind? Kind { get; init; }

    /// <summary>What people see.</summary>
    public string? Label { get; init; }

    /// <summary>The command line; left out where it must not be recorded.</summary>
    public string? Command { get; init; }

    /// <summary>The working directory.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The user's name.</summary>
    public string? User { get; init; }

    /// <summary>The place in the queue, for <see cref="AuditEvent.Enqueued"/>.</summary>
    public int? Position { get; init; }

    /// <summary>Time spent waiting for the turn and for a fit machine, in milliseconds.</summary>
    public long? WaitedMilliseconds { get; init; }

    /// <summary>Run time, in milliseconds.</summary>
    public long? DurationMilliseconds { get; init; }

    /// <summary>The most memory the process tree used, in bytes.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>The memory of the process tree over time, for <see cref="AuditEvent.Released"/> of an operation that ran long enough.</summary>
    public MemorySeries? Memory { get; init; }

    /// <summary>The most processes the tree had.</summary>
    public int? PeakProcesses { get; init; }

    /// <summary>CPU time of the whole tree, in milliseconds.</summary>
    public long? CpuMilliseconds { get; init; }

    /// <summary>The exit code that the guard gave on.</summary>
    public int? ExitCode { get; init; }

    /// <summary>As in <c>run --report</c>: <c>exited signaled timeout memory processes stalled refused cancelled</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>How the processes are contained.</summary>
    public Rung? Containment { get; init; }

    /// <summary>The code of the message that was shown, <c>BG####</c>.</summary>
    public string? Code { get; init; }

    /// <summary>The text of that message.</summary>
    public string? Reason { get; init; }

    /// <summary>The processes it is about: orphans, the stalled, the largest.</summary>
    public IReadOnlyList<AuditProcess>? Processes { get; init; }
}

/// <summary>A process in the audit trail.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="Name">Its short name.</param>
/// <param name="Command">Its command line; <c>null</c> where it must not be recorded.</param>
/// <param name="MemoryBytes">The memory it used, in bytes.</param>
/// <param name="AgeMilliseconds">How long it had run, in milliseconds; <c>null</c> if unknown.</param>
/// <param name="Kept">Whether it was left alive on purpose.</param>
public sealed record AuditProcess(int Pid, string Name, string? Command, long? MemoryBytes = null, long? AgeMilliseconds = null, bool Kept = false)
{
    /// <summary>A process that was ended.</summary>
    public static AuditProcess Of(EndedProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return new AuditProcess(process.Pid, process.Name, process.Command, process.MemoryBytes, process.AgeMilliseconds);
    }

    /// <summary>A process that runs.</summary>
    public static AuditProcess Of(ProcessRow process, bool kept = false)
    {
        ArgumentNullException.ThrowIfNull(process);
        return new AuditProcess(process.Pid, process.Name, process.Command, process.MemoryBytes, null, kept);
    }
}
