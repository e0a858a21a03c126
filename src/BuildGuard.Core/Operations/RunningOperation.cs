using System.Diagnostics;
using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Operations;

/// <summary>The part of an operation in which its command runs.</summary>
/// <param name="container">Where it runs.</param>
/// <param name="lease">Its lease.</param>
/// <param name="request">What it is.</param>
/// <param name="journal">Told what happens.</param>
/// <param name="isToStop">Whether it is <c>buildguard stop</c> that asks for its end.</param>
internal sealed class RunningOperation(
    IContainer container, LeaseId lease, OperationRequest request, IOperationJournal journal, Func<bool> isToStop)
{
    /// <summary>Exit code of a time-out, as timeout(1) has it.</summary>
    private const int TimeoutCode = 124;

    /// <summary>Exit code when a limit ended the tree, 128 + SIGKILL.</summary>
    private const int LimitCode = 137;

    /// <summary>How often the tree's use is looked at; the container may ask for longer pauses.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The same signal again within this time is no second request: timeout(1) signals its child and then its own group, and so
    /// this program twice.
    /// </summary>
    private static readonly TimeSpan s_echo = TimeSpan.FromMilliseconds(200);

    private readonly Supervision _supervision = new(request.Limits);
    private readonly MemorySampling _memory = new();
    private readonly Witnesses _witnesses = new(request.Limits);
    private readonly WatchedTime _watched = new();
    private readonly Lock _gate = new();
    private long _started;
    private int _cancels;
    private int _signalToPass;
    private (int Signal, TimeSpan At) _lastCancel;
    private Usage _usage;
    private TimeSpan? _killAt;
    private TimeSpan _lastActivityLook;
    private Outcome? _outcome;
    private TimeSpan _duration;
    private ExitStatus? _exit;
    private IReadOnlyList<EndedProcess> _ended = [];

    private TimeSpan Running => Stopwatch.GetElapsedTime(_started);

    /// <summary>The command's process.</summary>
    public int Pid { get; private set; }

    /// <summary>Starts the command.</summary>
    public void Start(StartRequest start)
    {
        _started = Stopwatch.GetTimestamp();
        Pid = container.Start(start);
    }

    /// <summary>Asks for the end; see <see cref="Operation.Cancel"/>.</summary>
    public void Cancel(int signal)
    {
        lock (_gate)
        {
            TimeSpan at = Running;
            if (_cancels == 0 || _lastCancel.Signal != signal || at - _lastCancel.At > s_echo)
            {
                _cancels++;
                _signalToPass = signal;
            }

            _lastCancel = (signal, at);
        }

        container.Wake();
    }

    /// <summary>Supervises until the command has ended and nothing of it is left. <see cref="Conclude"/> is to follow.</summary>
    /// <param name="passOn">As in <see cref="Operation.Run"/>.</param>
    public void Finish(Action passOn)
    {
        while (container.Exit is null && _outcome is null or Outcome.Timeout or Outcome.Cancelled && !IsGraceOver())
        {
            TimeSpan pause = Pause();
            ContainerEvents events = container.Wait(pause);
            _watched.Add(Running, pause);
            if (container.Exit is not null)
            {
                break;
            }

            if (events.HasFlag(ContainerEvents.StopAsked))
            {
                passOn();
            }

            if (events.HasFlag(ContainerEvents.ParentGone))
            {
                Stop(Outcome.Cancelled, TimeSpan.Zero);
                journal.Cancelled(lease, "the process that asked for it has ended");
                break;
            }

            if (events.HasFlag(ContainerEvents.Woken))
            {
                TakeCancel();
            }

            Look();
        }

        End();
    }

    private TimeSpan Pause()
    {
        TimeSpan pause = s_pause > container.SuggestedPause ? s_pause : container.SuggestedPause;
        TimeSpan? end = _killAt ?? request.Limits.Timeout;
        if (end is { } at && at - Running < pause)
        {
            return at > Running ? at - Running : TimeSpan.Zero;
        }

        return pause;
    }

    private bool IsGraceOver() => Running >= _killAt;

    private void TakeCancel()
    {
        int cancels, signal;
        lock (_gate)
        {
            (cancels, signal, _signalToPass) = (_cancels, _signalToPass, 0);
        }

        if (_outcome is not null)
        {
            if (cancels > 1 || isToStop())
            {
                _killAt = TimeSpan.Zero;
            }

            return;
        }

        if (isToStop())
        {
            Stop(Outcome.Cancelled, TimeSpan.Zero);
            journal.Stopped(lease, wasWaiting: false);
            return;
        }

        if (signal != 0)
        {
            container.Signal(signal);
        }

        Stop(Outcome.Cancelled, request.Limits.Grace);
        journal.Cancelled(lease, "a signal asked for it");
    }

    /// <summary>Notes why the operation ends, and from when on it is no longer asked but killed.</summary>
    private void Stop(Outcome outcome, TimeSpan grace)
    {
        _outcome = outcome;
        _killAt = Running + grace;
    }

    private void Look()
    {
        _usage = container.Measure();
        TimeSpan running = Running;
        _memory.Add(running, _usage.MemoryBytes);
        Finding finding = _supervision.Judge(running, _usage);
        if (_outcome is not null)
        {
            // It was asked to end. Meanwhile its limits go on to hold.
            if (finding is Finding.MemoryLimit or Finding.ProcessLimit)
            {
                Breach(finding);
            }

            return;
        }

        if (finding is not (Finding.MemoryLimit or Finding.ProcessLimit))
        {
            _witnesses.Note(_usage.MemoryBytes, container.Processes);
        }

        switch (finding)
        {
            case Finding.MemoryLimit or Finding.ProcessLimit:
                Breach(finding);
                break;
            case Finding.Timeout:
                journal.Breached(lease, finding, request.Limits, _usage, container.Processes());
                container.RequestEnd();
                Stop(Outcome.Timeout, request.Limits.Grace);
                break;
            case Finding.NearMemoryLimit or Finding.NearProcessLimit:
                journal.NearLimit(lease, finding, request.Limits, _usage);
                break;
            default:
                LookForActivity(_watched.Total);
                break;
        }
    }

    /// <summary>The end without grace. Who was asked to end before keeps the outcome that it was asked for.</summary>
    private void Breach(Finding finding)
    {
        if (finding == Finding.ProcessLimit)
        {
            container.Halt();
        }

        journal.Breached(lease, finding, request.Limits, _usage, _witnesses.Of(finding, container.Processes()));
        Stop(_outcome ?? (finding == Finding.MemoryLimit ? Outcome.Memory : Outcome.Processes), TimeSpan.Zero);
    }

    private void LookForActivity(TimeSpan watched)
    {
        // Twenty looks in a stall period find its length to 5 %.
        if (request.Limits.Stall is not { } stall || watched - _lastActivityLook < TimeSpan.FromTicks(Math.Max(stall.Ticks / 20, s_pause.Ticks)))
        {
            return;
        }

        _lastActivityLook = watched;
        if (_supervision.JudgeActivity(watched, _usage.CpuMilliseconds, container.WrittenBytes, IsStopped) == Finding.Stalled)
        {
            journal.Stalled(lease, request.Limits, container.Processes());
            if (request.Limits.StallKills)
            {
                Stop(Outcome.Stalled, TimeSpan.Zero);
            }
        }
    }

    private bool IsStopped() => container.Processes() is { Count: > 0 } all && all.All(static process => process.State is 'T' or 't');

    /// <summary>
    /// Ends what is left. The last figures are asked for before that only where they would be lost, or must be known: reading
    /// them takes the kernel longer than the end of a command that left nothing.
    /// </summary>
    private void End()
    {
        _duration = Running;
        _exit = container.Exit;

        // What is left of a large tree on the bare rung is better ended than measured once more.
        bool mustMeasure = container.Rung == Rung.Bare ? container.SuggestedPause <= s_pause : _exit is not { Code: 0, Signal: 0 };
        if (mustMeasure)
        {
            _usage = container.Measure();
        }

        // The kernel may have killed the command for its memory, or refused it a process, between two looks.
        if (_outcome is null && _exit is not { Code: 0, Signal: 0 } && (_usage.MemoryLimitHit || _usage.ProcessLimitHit))
        {
            Breach(_usage.MemoryLimitHit ? Finding.MemoryLimit : Finding.ProcessLimit);
        }

        // What is named to be kept is to survive its command, and not to go on without limits after one of them was passed.
        _ended = container.End(_outcome is null ? request.Keep : []);
        if (_outcome is { } stopped)
        {
            journal.Killed(lease, stopped, _ended);
        }
        else if (_ended.Count > 0)
        {
            journal.OrphansEnded(lease, _ended);
        }

        if (request.Keep.Count > 0 && container.Kept is { Count: > 0 } kept)
        {
            journal.Kept(lease, kept);
        }
    }

    /// <summary>What came of it; while the container is still there, which keeps the figures.</summary>
    /// <param name="waited">Time before the start.</param>
    public OperationReport Conclude(TimeSpan waited)
    {
        _usage = container.Measure();
        ExitStatus? exit = _exit ?? container.Exit;
        Outcome outcome = _outcome ?? (_exit is { Signal: > 0 } ? Outcome.Signaled : Outcome.Exited);
        return new OperationReport
        {
            Lease = lease.Value,
            Command = request.CommandText,
            ExitCode = ExitCode(outcome, exit),
            EndSignal = exit?.Signal ?? 0,
            Outcome = outcome,
            Waited = waited,
            Duration = _duration,
            PeakMemoryBytes = _usage.PeakMemoryBytes,
            PeakProcesses = _usage.PeakProcesses,
            Memory = _memory.Conclude(_duration),
            CpuMilliseconds = _usage.CpuMilliseconds,
            Rung = container.Rung,
            OrphansEnded = _outcome is not null ? [] : CommandLines.Of(_ended, request.RecordCommand),
        };
    }

    private static int ExitCode(Outcome outcome, ExitStatus? exit) => outcome switch
    {
        Outcome.Memory or Outcome.Processes or Outcome.Stalled => LimitCode,
        Outcome.Timeout => TimeoutCode,
        _ => exit?.ShellCode ?? LimitCode,
    };
}
