using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Operations;

/// <summary>
/// One command from the queue to the proof that nothing of it is left: take a place, wait, check, contain, run,
/// supervise, end, give back.
/// </summary>
public sealed class Operation : IDisposable
{
    /// <summary>Exit code when the pre-flight check refuses: try again later, EX_TEMPFAIL of sysexits.h.</summary>
    public const int RefusedCode = 75;

    /// <summary>Exit code of a command that is there and could not be started, as a shell has it.</summary>
    public const int CannotStartCode = 126;

    /// <summary>Exit code of a command that is not there, as a shell has it.</summary>
    public const int NotFoundCode = 127;

    /// <summary>Exit code of one that was asked to end before its turn: as if by SIGTERM.</summary>
    public const int StoppedCode = 128 + 15;

    private readonly LeaseTree _tree;
    private readonly IContainment _containment;
    private readonly IProcessTable _processes;
    private readonly IOperationJournal _journal;
    private readonly OperationRequest _request;
    private readonly QueuePlace _place;
    private Start? _prepared;
    private volatile RunningOperation? _running;

    /// <summary>Prepares an operation; nothing happens yet.</summary>
    /// <param name="tree">The queues.</param>
    /// <param name="containment">How process trees are contained here.</param>
    /// <param name="processes">Running processes.</param>
    /// <param name="journal">Told what happens.</param>
    /// <param name="request">What is asked for.</param>
    public Operation(
        LeaseTree tree, IContainment containment, IProcessTable processes, IOperationJournal journal, OperationRequest request)
    {
        _tree = tree;
        _containment = containment;
        _processes = processes;
        _journal = journal;
        _request = request;
        _place = new QueuePlace(tree, journal, request);
    }

    /// <summary>Runs the command.</summary>
    /// <param name="preflight">
    /// Decides at the head of the queue whether to start; told the place, directly under a lock or inside a lease.
    /// <c>false</c>: refused.
    /// </param>
    /// <param name="attend">
    /// Called before a wait for others, possibly more than once: from then on a request to stop must reach <see cref="Cancel"/> at once.
    /// </param>
    /// <param name="passOn">
    /// Called while the command runs, for a request to stop (<see cref="ContainerEvents.StopAsked"/>): it must reach <see cref="Cancel"/>.
    /// So nothing more is needed, not even a thread, once there is a command that must not be left alone.
    /// </param>
    /// <returns>What came of it; of a command that cannot be started too, which is told before it has waited.</returns>
    /// <exception cref="Diagnostics.GuardException">The guard itself cannot work; nothing was started.</exception>
    public OperationReport Run(Func<Ticket, bool> preflight, Action attend, Action passOn)
    {
        ArgumentNullException.ThrowIfNull(preflight);
        ArgumentNullException.ThrowIfNull(attend);
        ArgumentNullException.ThrowIfNull(passOn);
        try
        {
            _containment.RequireCommand(_request.Arguments[0], _request.Variable("PATH"));
            return RunInTurn(preflight, attend, passOn);
        }
        catch (CommandStartException e)
        {
            OperationReport report = NotStarted(_place.Ticket?.Lease, e.NotFound ? NotFoundCode : CannotStartCode, Outcome.Refused);
            _journal.NotStarted(report, Messages.CommandNotStarted(_request.Arguments[0], e.Message, e.NotFound), _place.Ticket?.Lease);
            return report;
        }
        catch (GuardException e)
        {
            _journal.Failed(e.Problem, _place.Ticket?.Lease, _place.Waited, hasBegun: _running is not null);
            throw;
        }
    }

    /// <summary>
    /// Stops the operation: a waiting one leaves the queue, a running one is asked to end and, after the grace period
    /// or at the second call, killed. May be called from any thread.
    /// </summary>
    /// <param name="signal">The signal to pass on to the command; 0 if it knows already (a terminal has told it).</param>
    /// <returns>Whether it was still waiting: then it has left, and the program is to end.</returns>
    public bool Cancel(int signal)
    {
        // What is prepared goes before the ticket that tells of it; the thread that prepared it never comes back to it.
        if (_place.Leave("it left the queue", Unprepare))
        {
            return true;
        }

        _running?.Cancel(signal);
        return false;
    }

    /// <summary>The report of one that <see cref="Cancel"/> took out of the queue: nothing was started.</summary>
    /// <param name="exitCode">The exit code of <c>run</c>.</param>
    public OperationReport Cancelled(int exitCode) => NotStarted(_place.Ticket?.Lease, exitCode, Outcome.Cancelled);

    /// <inheritdoc/>
    public void Dispose()
    {
        Unprepare();
        _place.Dispose();
    }

    private OperationReport RunInTurn(Func<Ticket, bool> preflight, Action attend, Action passOn)
    {
        while (true)
        {
            Ticket ticket = _place.AwaitTurn(Describe, attend, Prepare);
            if (!preflight(ticket))
            {
                Unprepare();
                ticket.Leave();
                OperationReport refused = NotStarted(ticket.Lease, RefusedCode, Outcome.Refused);
                _journal.Released(refused, ticket.Lease);
                return refused;
            }

            if (_place.HasToGo(ticket, Unprepare))
            {
                return Cancelled(StoppedCode);
            }

            // A place that was lost since is another lease's, by name, mark and variable.
            if (_prepared?.Lease != ticket.Lease)
            {
                Unprepare();
            }

            Start start = _prepared ?? StartIn(_containment.Plan(ticket.Lease, _request.Limits), ticket.Lease);
            using IContainer container = start.Container;
            if (TryStart(ticket, start) is { } running)
            {
                return Finish(ticket, container, running, passOn);
            }

            Unprepare();
        }
    }

    /// <summary>
    /// While others run there is time to do all that the start needs. Not inside a lease: what is there already would count
    /// against the limits of that one.
    /// </summary>
    private void Prepare(Ticket ticket)
    {
        Unprepare();
        if (ticket.Lease.Parent is null && _containment.PlanAhead(ticket.Lease, _request.Limits) is { } container)
        {
            Start start = StartIn(container, ticket.Lease);
            if (TryAnnounce(ticket, container) && container.Prepare(start.Request))
            {
                _prepared = start;
            }
            else
            {
                container.Dispose();
            }
        }
    }

    private void Unprepare()
    {
        _prepared?.Container.Dispose();
        _prepared = null;
    }

    /// <summary>Where it cannot be written, on a full disk, it need not be: then nothing is prepared.</summary>
    private static bool TryAnnounce(Ticket ticket, IContainer container)
    {
        try
        {
            ticket.Announce(new GrantRecord(DateTimeOffset.UtcNow, container.Record));
            return true;
        }
        catch (GuardException)
        {
            return false;
        }
    }

    private Start StartIn(IContainer container, LeaseId lease) => new(lease, container, OperationStart.Of(container, lease, _request));

    /// <summary><c>null</c>: the lease around this one ended in this moment, and a new place must be taken.</summary>
    private RunningOperation? TryStart(Ticket ticket, Start start) => _place.Use(() =>
    {
        IContainer container = start.Container;
        if (!ticket.Grant(new GrantRecord(DateTimeOffset.UtcNow, container.Record)))
        {
            container.Dispose();
            _tree.Release(ticket);
            return null;
        }

        var running = new RunningOperation(container, ticket.Lease, _request, _journal, () => _tree.IsToStop(ticket.Lease));
        try
        {
            running.Start(start.Request);
        }
        catch (Exception e) when (e is CommandStartException or GuardException)
        {
            container.Dispose();
            _tree.Release(ticket);
            throw;
        }

        _running = running;
        return running;
    });

    private OperationReport Finish(Ticket ticket, IContainer container, RunningOperation running, Action passOn)
    {
        // The command is starting on another core while this is written; where no core is free it may be over by now.
        TimeSpan waited = _place.Waited;
        _journal.Acquired(ticket.Lease, waited, container.Rung, running.Pid, container.HasEnded);
        TellWeaknesses(ticket.Lease, container);
        running.Finish(passOn);
        OperationReport? report = null;
        _tree.Release(ticket, () =>
        {
            report = running.Conclude(waited);
            container.Dispose();
        });
        _journal.Released(report!, ticket.Lease, ticket.ReleasedAt);
        return report!;
    }

    /// <summary>
    /// What holds less strongly than it was given is always kept. Told is what somebody asked for, and where an operation stands
    /// directly under a lock: what runs inside it would say the same again.
    /// </summary>
    private void TellWeaknesses(LeaseId lease, IContainer container)
    {
        string[] all = WeaknessesOf(_request.Limits, container);
        if (all.Length == 0)
        {
            return;
        }

        string[] asked = lease.Parent is null ? WeaknessesOf(_request.AskedLimits, container) : [];
        _journal.Weakened(
            lease,
            Messages.WeakerContainment(container.Rung, all),
            asked.Length > 0 ? Messages.WeakerContainment(container.Rung, asked, _request.WeaknessLevel) : null);
    }

    private string[] WeaknessesOf(Limits limits, IContainer container) =>
        [.. _containment.Weaknesses(limits), .. limits.MemoryBytes is null ? [] : container.Weaknesses];

    private LeaseRecord Describe() => new()
    {
        Kind = LeaseKind.Operation,
        Holder = _processes.Self,
        Label = _request.Label,
        Command = _request.RecordCommand ? _request.CommandText : null,
        WorkingDirectory = _request.RecordCommand ? _request.WorkingDirectory : null,
        HidesCommands = !_request.RecordCommand,
        Limits = new LeaseLimits(_request.Limits.MemoryBytes, _request.Limits.Processes),
        User = _processes.UserName,
        Version = GuardVersion.Own,
        EnqueuedAt = DateTimeOffset.UtcNow,
    };

    private OperationReport NotStarted(LeaseId? lease, int exitCode, Outcome outcome) => new()
    {
        Lease = lease?.Value ?? "",
        Command = _request.CommandText,
        ExitCode = exitCode,
        Outcome = outcome,
        Waited = _place.Waited,
        Duration = TimeSpan.Zero,
        PeakMemoryBytes = null,
        PeakProcesses = null,
        CpuMilliseconds = null,
        Rung = null,
        OrphansEnded = [],
    };

    /// <summary>What is started, and where.</summary>
    private sealed record Start(LeaseId Lease, IContainer Container, StartRequest Request);
}
