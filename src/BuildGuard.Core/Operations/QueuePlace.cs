using System.Diagnostics;
using BuildGuard.Leases;

namespace BuildGuard.Operations;

/// <summary>The way through the queue, for an operation as for a session: take a place, say so, wait, take it again if displaced.</summary>
internal sealed class QueuePlace(LeaseTree tree, IOperationJournal journal, QueueRequest request) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private Ticket? _ticket;
    private Herald? _herald;
    private bool _left;

    /// <summary>Time since the place was asked for.</summary>
    public TimeSpan Waited => Stopwatch.GetElapsedTime(_start);

    /// <summary>The ticket, once there is one.</summary>
    public Ticket? Ticket => _ticket;

    /// <summary>Sleeps until the turn comes; leftovers of dead holders are ended then.</summary>
    /// <param name="describe">Who asks.</param>
    /// <param name="attend">Called before it sleeps: from then on a request to stop must be answered at once.</param>
    /// <param name="prepare">Called before it sleeps, for each place that it takes: what is done there is not done when the turn has come.</param>
    public Ticket AwaitTurn(Func<LeaseRecord> describe, Action? attend = null, Action<Ticket>? prepare = null)
    {
        while (true)
        {
            Ticket ticket = Enter(describe(), attend);
            lock (_gate)
            {
                _ticket = ticket;
                if (_left)
                {
                    ticket.Leave();
                }
            }

            if (LeaseTree.MustWait(ticket))
            {
                attend?.Invoke();
                journal.Enqueued(ticket.Lease);
                _herald = journal.TellsOfWaiting ? Herald.OfTurn(journal, ticket.Lease, _start) : null;
                if (prepare is not null)
                {
                    _ = Use(() =>
                    {
                        prepare(ticket);
                        return true;
                    });
                }
            }

            Turn turn = tree.Wait(ticket, (lease, record) =>
            {
                // To end what a dead holder left takes time, also where nobody has to be waited for.
                attend?.Invoke();
                journal.LeftoversFound(lease, record);
            });
            _herald?.Dispose();
            _herald = null;
            switch (turn)
            {
                case Turn.Come:
                    return ticket;
                case Turn.Left:
                    // A new place would be left behind when the program ends.
                    Thread.Sleep(Timeout.Infinite);
                    break;
                default:
                    break;
            }
        }
    }

    private Ticket Enter(LeaseRecord record, Action? attend)
    {
        Herald? herald = null;
        try
        {
            return tree.Enter(request.LockName, request.LeaseVariable, record, request.Slots, () =>
            {
                attend?.Invoke();
                herald ??= journal.TellsOfWaiting ? Herald.OfEntrance(journal, request.LockName, request.LeaseVariable) : null;
            });
        }
        finally
        {
            herald?.Dispose();
        }
    }

    /// <summary>
    /// Does something with the place that giving it up at the same time would spoil. If it has been given up already
    /// the program is ending, and this never returns.
    /// </summary>
    public T Use<T>(Func<T> action)
    {
        lock (_gate)
        {
            if (!_left)
            {
                return action();
            }
        }

        Thread.Sleep(Timeout.Infinite);
        throw new UnreachableException();
    }

    /// <summary>
    /// Whether the one whose turn has come was asked to end, and has given its place up: whoever asked ended those before it, too,
    /// and its own signal may still be on its way.
    /// </summary>
    /// <param name="ticket">Its ticket.</param>
    /// <param name="before">As in <see cref="Leave"/>.</param>
    public bool HasToGo(Ticket ticket, Action? before = null) => tree.IsToStop(ticket.Lease) && Leave("it left the queue", before);

    /// <summary>
    /// Gives the place up, from any thread; the program is to end. <c>false</c>: it has become a lease already.
    /// </summary>
    /// <param name="reason">For the audit.</param>
    /// <param name="before">Done first, if the place is given up: what the ticket tells of goes before it.</param>
    public bool Leave(string reason, Action? before = null)
    {
        lock (_gate)
        {
            if (_ticket is { IsGranted: true })
            {
                return false;
            }

            before?.Invoke();
            if (_ticket is { } ticket && !_left)
            {
                bool isStopped = tree.IsToStop(ticket.Lease);
                ticket.Leave();
                if (isStopped)
                {
                    journal.Stopped(ticket.Lease, wasWaiting: true);
                }
                else
                {
                    journal.Cancelled(ticket.Lease, reason);
                }
            }

            _left = true;
            return true;
        }
    }

    public void Dispose()
    {
        _herald?.Dispose();
        _ticket?.Dispose();
    }
}
