using BuildGuard.Audit;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Operations;

/// <summary>Writes the audit trail and tells people, each what it needs.</summary>
/// <param name="audit">The trail.</param>
/// <param name="messages">Where people are told.</param>
/// <param name="reader">Says who is waited for.</param>
/// <param name="kind">What the lease is for.</param>
/// <param name="request">What it is about.</param>
/// <param name="command">The command line; <c>null</c> where there is none to record.</param>
/// <param name="self">This program's process id.</param>
/// <param name="user">The user's name.</param>
public sealed class OperationJournal(
    AuditTrail audit, IMessageSink messages, TreeReader reader, LeaseKind kind, QueueRequest request, string? command, int self, string user)
    : IOperationJournal
{
    /// <summary>Nobody before us: the turn is coming in this moment, unless it takes longer than a hand-off can.</summary>
    private static readonly TimeSpan s_handOff = TimeSpan.FromSeconds(1);

    /// <summary>Whom the trail names: this program while it waits, from the start on the command or the build that the lease is for.</summary>
    private int _pid = self;

    private AuditRecord? _unwritten;

    /// <inheritdoc/>
    public void Enqueued(LeaseId lease)
    {
        int? position;
        try
        {
            position = reader.Ahead(lease).Position;
        }
        catch (GuardException)
        {
            // For people: the place is not lost for what cannot be told.
            position = null;
        }

        Write(Record(AuditEvent.Enqueued, lease) with { Position = position });
    }

    /// <inheritdoc/>
    public void Shut(string lockName, string? leaseVariable, TimeSpan waited)
    {
        (string mutex, IReadOnlyList<int> holders) = reader.Entrance(lockName, leaseVariable);
        messages.Say(Messages.QueueShut(mutex, holders, waited));
    }

    /// <inheritdoc/>
    public bool TellsOfWaiting => !messages.IsQuiet;

    /// <inheritdoc/>
    public void Waiting(LeaseId lease, TimeSpan waited)
    {
        QueueStanding standing = reader.Ahead(lease);
        if (standing.Holder is { } holder)
        {
            messages.Say(Messages.Waiting(
                standing.Position, holder.Record.Label, holder.Pid, holder.Age, waited, holder.Stopped, holder.IsKeptByBuild));
        }
        else if (standing.First is { } first)
        {
            messages.Say(Messages.WaitingBehind(
                standing.Position, first.Record.Label, first.Record.Holder.Pid, first.Age, first.WaitsFor, waited, first.Stopped));
        }
        else if (standing.Unreadable is not null || waited >= s_handOff)
        {
            messages.Say(Messages.Waiting(standing.Position, waited, standing.Unreadable?.Value));
        }
    }

    /// <inheritdoc/>
    public void LeftoversFound(LeaseId lease, LeaseRecord? record) =>
        messages.Say(record is null
            ? Messages.EndingDamaged(lease.Value)
            : Messages.EndingLeftover(lease.Value, record.Label, record.Holder.Pid));

    /// <inheritdoc/>
    public void NotStarted(OperationReport report, GuardMessage problem, LeaseId? lease)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(problem);
        messages.Say(problem);
        Write(Record(AuditEvent.Refused, lease) with
        {
            Outcome = report.Outcome.ToName(),
            ExitCode = report.ExitCode,
            WaitedMilliseconds = (long)report.Waited.TotalMilliseconds,
            Code = problem.Code,
            Reason = problem.Text,
        });
    }

    /// <inheritdoc/>
    public void Failed(GuardMessage problem, LeaseId? lease, TimeSpan waited, bool hasBegun)
    {
        ArgumentNullException.ThrowIfNull(problem);
        Write(Record(hasBegun ? AuditEvent.Degraded : AuditEvent.Refused, lease) with
        {
            Outcome = hasBegun ? null : Outcome.Refused.ToName(),
            WaitedMilliseconds = hasBegun ? null : (long)waited.TotalMilliseconds,
            Code = problem.Code,
            Reason = problem.Text,
        });
    }

    /// <inheritdoc/>
    public void Acquired(LeaseId lease, TimeSpan waited, Rung? rung, int pid, bool mayWait = false)
    {
        _pid = pid;
        AuditRecord acquired = Record(AuditEvent.Acquired, lease) with
        {
            WaitedMilliseconds = (long)waited.TotalMilliseconds,
            Containment = rung,
        };
        if (mayWait)
        {
            _unwritten = audit.Stamp(acquired);
        }
        else
        {
            Write(acquired);
        }
    }

    /// <inheritdoc/>
    public void Weakened(LeaseId lease, GuardMessage all, GuardMessage? told)
    {
        ArgumentNullException.ThrowIfNull(all);
        if (told is not null)
        {
            messages.Say(told);
        }

        Write(Record(AuditEvent.Degraded, lease) with { Code = all.Code, Reason = all.Text });
    }

    /// <inheritdoc/>
    public void NearLimit(LeaseId lease, Finding finding, Limits limits, in Usage usage)
    {
        ArgumentNullException.ThrowIfNull(limits);
        messages.Say(finding == Finding.NearMemoryLimit
            ? Messages.NearMemoryLimit(limits.MemoryBytes ?? 0, usage.MemoryBytes)
            : Messages.NearProcessLimit(limits.Processes ?? 0, usage.Processes));
    }

    /// <inheritdoc/>
    public void Breached(LeaseId lease, Finding finding, Limits limits, in Usage usage, IReadOnlyList<ProcessRow> processes)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(processes);
        IReadOnlyList<ProcessRow> named = CommandLines.Of(processes, request.RecordCommand);
        GuardMessage message = finding switch
        {
            Finding.MemoryLimit => Messages.MemoryLimit(limits.MemoryBytes ?? 0, usage.PeakMemoryBytes, named),
            Finding.ProcessLimit => Messages.ProcessLimit(limits.Processes ?? 0, usage.Processes > limits.Processes ? usage.Processes : usage.PeakProcesses, named),
            _ => Messages.TimedOut(limits.Timeout ?? TimeSpan.Zero),
        };
        messages.Say(message);
        Write(Record(AuditEvent.Breach, lease) with
        {
            Code = message.Code,
            Reason = message.Text,
            PeakMemoryBytes = usage.PeakMemoryBytes,
            PeakProcesses = usage.PeakProcesses,
            Processes = [.. processes.OrderByDescending(p => p.MemoryBytes).Take(3).Select(p => AuditProcess.Of(p))],
        });
    }

    /// <inheritdoc/>
    public void Stalled(LeaseId lease, Limits limits, IReadOnlyList<ProcessRow> processes)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(processes);
        GuardMessage message = Messages.Stalled(limits.Stall ?? TimeSpan.Zero, limits.StallKills, processes);
        messages.Say(message);
        Write(Record(AuditEvent.Stalled, lease) with
        {
            Code = message.Code,
            Reason = message.Text,
            Processes = [.. processes.Select(p => AuditProcess.Of(p))],
        });
    }

    /// <inheritdoc/>
    public void Killed(LeaseId lease, Outcome outcome, IReadOnlyList<EndedProcess> ended) =>
        Write(Record(AuditEvent.Killed, lease) with
        {
            Outcome = outcome.ToName(),
            Processes = [.. ended.Select(AuditProcess.Of)],
        });

    /// <inheritdoc/>
    public void OrphansEnded(LeaseId lease, IReadOnlyList<EndedProcess> ended)
    {
        GuardMessage message = Messages.OrphansEnded(ended);
        messages.Say(message);
        Write(Record(AuditEvent.Orphan, lease) with
        {
            Code = message.Code,
            Processes = [.. ended.Select(AuditProcess.Of)],
        });
    }

    /// <inheritdoc/>
    public void Kept(LeaseId lease, IReadOnlyList<ProcessRow> kept) =>
        Write(Record(AuditEvent.Orphan, lease) with
        {
            Processes = [.. kept.Select(p => AuditProcess.Of(p, kept: true))],
        });

    /// <inheritdoc/>
    public void Cancelled(LeaseId lease, string reason) =>
        Write(Record(AuditEvent.Cancelled, lease) with { Reason = reason });

    /// <inheritdoc/>
    public void Stopped(LeaseId lease, bool wasWaiting)
    {
        GuardMessage message = Messages.Stopped(wasWaiting, reader.StoppedBy(lease));
        messages.Say(message);
        Write(Record(AuditEvent.Stopped, lease) with { Code = message.Code, Reason = message.Text });
    }

    /// <inheritdoc/>
    public void Released(OperationReport report, LeaseId lease, DateTimeOffset? at = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        bool isRefused = report.Outcome == Outcome.Refused;

        // A session starts nothing itself, and nobody tells it how the build went.
        bool hasOutcome = isRefused || kind != LeaseKind.Session;
        Write(Record(isRefused ? AuditEvent.Refused : AuditEvent.Released, lease) with
        {
            Time = at ?? default,
            Outcome = hasOutcome ? report.Outcome.ToName() : null,
            ExitCode = hasOutcome ? report.ExitCode : null,
            WaitedMilliseconds = (long)report.Waited.TotalMilliseconds,
            DurationMilliseconds = (long)report.Duration.TotalMilliseconds,
            PeakMemoryBytes = report.PeakMemoryBytes,
            Memory = report.Memory,
            PeakProcesses = report.PeakProcesses,
            CpuMilliseconds = report.CpuMilliseconds,
            Containment = report.Rung,
        });
    }

    private void Write(AuditRecord record)
    {
        if (Interlocked.Exchange(ref _unwritten, null) is { } earlier)
        {
            audit.Write(earlier, record);
        }
        else
        {
            audit.Write(record);
        }
    }

    private AuditRecord Record(AuditEvent auditEvent, LeaseId? lease) => new()
    {
        Event = auditEvent,
        Lease = lease?.Value,
        Pid = _pid,
        Kind = kind,
        Label = request.Label,
        Command = command,
        WorkingDirectory = request.RecordCommand ? request.WorkingDirectory : null,
        User = user,
    };
}
