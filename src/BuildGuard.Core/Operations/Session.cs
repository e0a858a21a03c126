using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Operations;

/// <summary>
/// One lease for a whole build. It starts no process itself: the build's operations take their turns inside it.
/// </summary>
public sealed class Session : IDisposable
{
    private readonly LeaseTree _tree;
    private readonly IProcessTable _processes;
    private readonly IOperationJournal _journal;
    private readonly SessionRequest _request;
    private readonly QueuePlace _place;

    /// <summary>The version of the program that holds the lease, if it was joined and that program says it.</summary>
    public string? JoinedVersion { get; private set; }

    /// <summary>Whether the lease is that of another session of the same build.</summary>
    public bool HasJoined { get; private set; }

    /// <summary>Prepares a session; nothing happens yet.</summary>
    public Session(LeaseTree tree, IProcessTable processes, IOperationJournal journal, SessionRequest request)
    {
        _tree = tree;
        _processes = processes;
        _journal = journal;
        _request = request;
        _place = new QueuePlace(tree, journal, request);
    }

    /// <summary>
    /// Waits for the turn. Whoever asks for the same build a second time gets the same lease at once, so that a build
    /// whose projects disagree about the lock cannot wait for itself.
    /// </summary>
    /// <param name="preflight">As in <see cref="Operation.Run"/>.</param>
    /// <returns>The lease; <c>null</c> if the pre-flight check refused it.</returns>
    public LeaseId? Acquire(Func<Ticket, bool> preflight)
    {
        ArgumentNullException.ThrowIfNull(preflight);
        try
        {
            return AcquireInTurn(preflight);
        }
        catch (GuardException e)
        {
            _journal.Failed(e.Problem, _place.Ticket?.Lease, _place.Waited, hasBegun: false);
            throw;
        }
    }

    /// <summary>Ends what the build's operations left and gives the lease back. Does nothing for a joined one.</summary>
    public void Release(TimeSpan held)
    {
        if (_place.Ticket is not { } ticket)
        {
            return;
        }

        try
        {
            _tree.Release(ticket);
        }
        catch (GuardException e)
        {
            _journal.Failed(e.Problem, ticket.Lease, _place.Waited - held, hasBegun: true);
            throw;
        }

        _tree.ForgetBuilds();
        _journal.Released(Report(ticket.Lease, Outcome.Exited, held), ticket.Lease, ticket.ReleasedAt);
    }

    /// <inheritdoc cref="QueuePlace.Leave"/>
    public bool Leave() => _place.Leave("the build was cancelled");

    /// <inheritdoc/>
    public void Dispose() => _place.Dispose();

    private LeaseId? AcquireInTurn(Func<Ticket, bool> preflight)
    {
        using LockFile agreement = _tree.AgreeOn(_request.Build);
        if (_tree.FindSession(_request.Build) is { } joined)
        {
            JoinedVersion = joined.Record.Version;
            HasJoined = true;
            return joined.Lease;
        }

        while (true)
        {
            Ticket ticket = _place.AwaitTurn(Describe);
            if (!preflight(ticket))
            {
                ticket.Leave();
                _journal.Released(Report(ticket.Lease, Outcome.Refused, TimeSpan.Zero), ticket.Lease);
                return null;
            }

            if (_place.HasToGo(ticket))
            {
                return null;
            }

            // Before the grant, so that a lease never is without the file that its successor looks for.
            _tree.MakeOwnerFile(ticket.Lease);
            _tree.MakeQueue(ticket.Lease);
            if (_place.Use(() => ticket.Grant(new GrantRecord(DateTimeOffset.UtcNow, ""))))
            {
                _journal.Acquired(ticket.Lease, _place.Waited, null, _request.OwnerPid);
                return ticket.Lease;
            }

            _tree.RemoveQueue(ticket.Lease);
            _tree.Release(ticket);
        }
    }

    private LeaseRecord Describe() => new()
    {
        Kind = LeaseKind.Session,
        Holder = _processes.Self,
        Owner = _processes.Identify(_request.OwnerPid),
        Build = _request.Build,
        Label = _request.Label,
        Command = _request.RecordCommand ? _request.Label : null,
        WorkingDirectory = _request.RecordCommand ? _request.WorkingDirectory : null,
        HidesCommands = !_request.RecordCommand,
        User = _processes.UserName,
        Version = GuardVersion.Own,
        EnqueuedAt = DateTimeOffset.UtcNow,
    };

    private OperationReport Report(LeaseId lease, Outcome outcome, TimeSpan held) => new()
    {
        Lease = lease.Value,
        Command = _request.Label,
        ExitCode = outcome == Outcome.Refused ? Operation.RefusedCode : 0,
        Outcome = outcome,
        Waited = _place.Waited - held,
        Duration = held,
        PeakMemoryBytes = null,
        PeakProcesses = null,
        CpuMilliseconds = null,
        Rung = null,
        OrphansEnded = [],
    };
}
