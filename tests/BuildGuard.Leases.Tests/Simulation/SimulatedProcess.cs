using BuildGuard.Diagnostics;
using BuildGuard.Leases.Taker;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;

namespace BuildGuard.Leases.Tests.Simulation;

/// <summary>A process that takes one lease; a thread stands for it.</summary>
internal sealed class SimulatedProcess(World world, int pid, int parentPid, int? dieAt) : IProcessTable, ILeaseLeftovers
{
    private readonly SimulatedSteps _steps = new();
    private readonly TaskCompletionSource _entered = new();
    private LeaseTree? _tree;
    private Thread? _thread;
    private volatile Ticket? _ticket;
    private volatile bool _hasTurn;

    public int Pid => pid;

    public bool HasTurn => _hasTurn && !IsDead;

    public bool IsDead => _steps.IsDead;

    public string? DiedBefore => _steps.DiedBefore;

    public int OpenFiles => _steps.OpenFiles;

    /// <summary>Whether it was started to end what dead holders left.</summary>
    public bool IsReaper { get; private set; }

    /// <summary>What went wrong besides being killed.</summary>
    public Exception? Failure { get; private set; }

    public LeaseId Lease => (_ticket ?? throw new InvalidOperationException("not entered")).Lease;

    public bool MustWait => _ticket!.MustWait;

    /// <summary>How often a place had to be given up for another one.</summary>
    public int Displaced { get; private set; }

    /// <summary>Takes a place and, once it is taken, waits for the turn in the background.</summary>
    public SimulatedProcess Start(string? variable = null, int slots = 1, string? lockName = null)
    {
        _thread = new Thread(() => Run(variable, slots, lockName ?? LockName.User), 512 * 1024) { IsBackground = true };
        _thread.Start();
        _entered.Task.Wait();
        return this;
    }

    /// <summary>Takes no place, but ends what dead holders left, in the background.</summary>
    public SimulatedProcess Reap()
    {
        IsReaper = true;
        _thread = new Thread(() => Guard(() =>
        {
            if (dieAt is { } step)
            {
                _steps.DieAt(step);
            }

            new Reaper(new SteppedFiles(new UnixStateFiles(), _steps), this, world.State.Layout).Reap(static _ => { });
        }), 512 * 1024) { IsBackground = true };
        _thread.Start();
        return this;
    }

    public SimulatedProcess AwaitTurn()
    {
        Condition.Await(
            () => _hasTurn || Failure is not null || _thread is { IsAlive: false },
            () => $"the turn of {pid} ({_ticket?.Lease}); there: {string.Join(", ", world.State.Describe())}");
        Assert.IsNull(Failure, Failure?.ToString());
        Assert.IsTrue(_hasTurn, "it ended before its turn");
        return this;
    }

    public void Release() => Guard(() =>
    {
        _hasTurn = false;
        _tree!.Release(_ticket!, RemovePlace);
    });

    public void Leave() => Guard(() =>
    {
        _ticket!.Leave();
        RemovePlace();
    });

    public void Kill()
    {
        _hasTurn = false;
        _steps.Kill();
    }

    public void Join()
    {
        if (_thread is { } thread && !thread.Join(TimeSpan.FromSeconds(30)))
        {
            Assert.Fail($"the thread of {pid} did not end");
        }
    }

    private void Run(string? variable, int slots, string lockName) => Guard(() =>
    {
        try
        {
            if (dieAt is { } step)
            {
                _steps.DieAt(step);
            }

            _tree = new LeaseTree(new SteppedFiles(new UnixStateFiles(), _steps), this, this, world.State.Layout);
            while (!TryTake(variable, slots, lockName))
            {
                Displaced++;
            }
        }
        finally
        {
            _entered.TrySetResult();
        }
    });

    private bool TryTake(string? variable, int slots, string lockName)
    {
        Ticket ticket = _tree!.Enter(lockName, variable, Describe(), slots);
        _ticket = ticket;
        world.Places[ticket.Lease] = pid;
        _entered.TrySetResult();
        switch (_tree.Wait(ticket))
        {
            case Turn.Left:
                return true;
            case Turn.Displaced:
                RemovePlace();
                return false;
            default:
                break;
        }

        if (ticket.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")))
        {
            _hasTurn = true;
            return true;
        }

        _tree.Release(ticket, RemovePlace);
        return false;
    }

    private void RemovePlace() => world.Places.TryRemove(Lease, out _);

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (DiedException)
        {
            _hasTurn = false;
        }
        catch (Exception e) when (_steps.IsDead)
        {
            // A killed process says nothing more.
            _ = e;
        }
        catch (Exception e)
        {
            Failure = e;
        }
    }

    private LeaseRecord Describe() => new()
    {
        Kind = LeaseKind.Operation,
        Holder = Self,
        Label = $"process {pid}",
        User = UserName,
        EnqueuedAt = DateTimeOffset.UnixEpoch,
    };

    public ProcessIdentity Self => World.IdentityOf(pid);

    public string UserName => "tester";

    public ProcessIdentity? Identify(int pid) => world.Processes.ContainsKey(pid) ? World.IdentityOf(pid) : null;

    public int ParentOf(int child) => child == pid ? parentPid : world.Processes.TryGetValue(child, out SimulatedProcess? other) ? other.ParentOf(child) : 0;

    public bool? IsAlive(ProcessIdentity process) => world.Processes.TryGetValue(process.Pid, out SimulatedProcess? other) && !other.IsDead;

    public char? StateOf(ProcessIdentity process) => IsAlive(process) == true ? 'S' : null;

    public TimeSpan? AgeOf(ProcessIdentity process) => null;

    public ProcessRow? Describe(int pid) => null;

    public IReadOnlyList<ProcessRow> DescendantsOf(int pid) => [];

    void ILeaseLeftovers.End(LeaseId lease, TicketContent? content, LeaseUser whose)
    {
        world.Ended.Enqueue(lease);
        world.Places.TryRemove(lease, out _);
    }

    void ILeaseLeftovers.CannotEnd(LeaseId lease, TicketContent? content, GuardMessage problem)
    {
        // The exception that follows is this process's failure.
    }

    bool ILeaseLeftovers.RemovePlace(LeaseId lease, TicketContent? content)
    {
        world.Places.TryRemove(lease, out _);
        return true;
    }

    void ILeaseLeftovers.Kill(ProcessIdentity holder) => world.Processes[holder.Pid].Kill();

    void ILeaseLeftovers.MovedAside(LeaseId lease, string directory) => world.Aside.Enqueue(lease);
}
