using System.Diagnostics;
using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Operations;

/// <summary>
/// One command from the queue to the proof that nothing of it is left: take a place, wait, check, contain, run,
/// supervise, end, give back.
/// </summary>
public sealed class Operation : IDisposable
{
    /// <summary>What the guard's own failure to get a start permitted costs: exit 75, EX_TEMPFAIL of sysexits.h.</summary>
    public const int RefusedCode = 75;

    private readonly LeaseTree _tree;
    private readonly IContainment _containment;
    private readonly IProcessTable _processes;
    private readonly IOperationJournal _journal;
    private readonly OperationRequest _request;
    private readonly Lock _gate = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private Ticket? _ticket;
    private RunningOperation? _running;
    private WaitingHerald? _herald;
    private bool _left;

    /// <summary>Prepares an operation; nothing happens yet.</summary>
    public Operation(
        LeaseTree tree, IContainment containment, IProcessTable processes, IOperationJournal journal, OperationRequest request)
    {
        _tree = tree;
        _containment = containment;
        _processes = processes;
        _journal = journal;
        _request = request;
    }

    /// <summary>Runs the command.</summary>
    /// <param name="preflight">
    /// Decides at the head of the queue whether to start; told whether the operation stands directly under a lock.
    /// <c>false</c>: refused.
    /// </param>
    /// <exception cref="CommandStartException">The command was not found or could not be started; the lease is given back.</exception>
    /// <exception cref="Diagnostics.GuardException">The guard itself cannot work; nothing was started.</exception>
    public OperationReport Run(Func<bool, bool> preflight)
    {
        ArgumentNullException.ThrowIfNull(preflight);
        while (true)
        {
            Ticket ticket = AwaitTurn();
            if (!preflight(ticket.Lease.Parent is null))
            {
                ticket.Leave();
                OperationReport refused = Refused(ticket.Lease);
                _journal.Released(refused);
                return refused;
            }

            using IContainer container = _containment.Plan(ticket.Lease, _request.Limits);
            if (!ticket.Grant(new GrantRecord(DateTimeOffset.UtcNow, container.Record)))
            {
                _tree.Release(ticket);
                continue;
            }

            return RunGranted(ticket, container);
        }
    }

    /// <summary>
    /// Stops the operation: a waiting one leaves the queue, a running one is asked to end and, after the grace period
    /// or at the second call, killed. May be called from any thread.
    /// </summary>
    /// <param name="signal">The signal that asked for it; passed on to the command if <paramref name="pass"/> says so.</param>
    /// <param name="pass">Whether the command still has to be told (a terminal has told it already).</param>
    /// <returns>Whether it was still waiting: then it has left, and the program is to end.</returns>
    public bool Cancel(int signal, bool pass)
    {
        lock (_gate)
        {
            if (_running is { } running)
            {
                running.Cancel(pass ? signal : 0);
                return false;
            }

            if (_ticket is { } ticket && !_left)
            {
                _left = true;
                ticket.Leave();
                _journal.Cancelled(ticket.Lease, "it left the queue");
            }

            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _herald?.Dispose();
        _ticket?.Dispose();
    }

    private Ticket AwaitTurn()
    {
        while (true)
        {
            Ticket ticket = _tree.Enter(_request.LockName, _request.LeaseVariable, Describe(), _request.Slots);
            lock (_gate)
            {
                _ticket = ticket;
            }

            if (ticket.MustWait)
            {
                _journal.Enqueued(ticket.Lease);
                _herald = new WaitingHerald(_journal, ticket.Lease, _start);
            }

            Turn turn = _tree.Wait(ticket, _journal.LeftoversFound);
            _herald?.Dispose();
            _herald = null;
            if (turn == Turn.Come)
            {
                return ticket;
            }
        }
    }

    private LeaseRecord Describe() => new()
    {
        Kind = LeaseKind.Operation,
        Holder = _processes.Self,
        Label = _request.Label,
        Command = _request.RecordCommand ? _request.CommandText : null,
        WorkingDirectory = _request.RecordCommand ? _request.WorkingDirectory : null,
        User = _processes.UserName,
        EnqueuedAt = DateTimeOffset.UtcNow,
    };

    private OperationReport RunGranted(Ticket ticket, IContainer container)
    {
        TimeSpan waited = Stopwatch.GetElapsedTime(_start);
        var running = new RunningOperation(container, ticket.Lease, _request, _journal);
        try
        {
            int pid;
            lock (_gate)
            {
                pid = _left ? 0 : running.Start();
                _running = running;
            }

            if (pid == 0)
            {
                // The place was given up at the last moment, and the program is ending.
                Thread.Sleep(Timeout.Infinite);
            }

            // The command is starting on another core while this is written.
            _journal.Acquired(ticket.Lease, waited, container.Rung, pid);
            OperationReport report = running.Finish(waited);
            _tree.Release(ticket);
            container.Dispose();
            _journal.Released(report);
            return report;
        }
        catch (CommandStartException)
        {
            _tree.Release(ticket);
            throw;
        }
    }

    private OperationReport Refused(LeaseId lease) => new()
    {
        Lease = lease.Value,
        Command = _request.CommandText,
        ExitCode = RefusedCode,
        Outcome = Outcome.Refused,
        Waited = Stopwatch.GetElapsedTime(_start),
        Duration = TimeSpan.Zero,
        PeakMemoryBytes = 0,
        PeakProcesses = 0,
        CpuMilliseconds = 0,
        Containment = "",
        OrphansEnded = [],
    };
}
