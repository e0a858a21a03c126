using BuildGuard.Containment;

namespace BuildGuard.Operations;

/// <summary>What a look at a running operation found.</summary>
public enum Finding
{
    /// <summary>Nothing to say.</summary>
    Fine,

    /// <summary>80 % of the memory limit or more is used; said once.</summary>
    NearMemoryLimit,

    /// <summary>80 % of the process limit or more is used; said once.</summary>
    NearProcessLimit,

    /// <summary>The tree uses more memory than it may, or the kernel had to refuse it more.</summary>
    MemoryLimit,

    /// <summary>There are more processes than there may be.</summary>
    ProcessLimit,

    /// <summary>The run time is up.</summary>
    Timeout,

    /// <summary>No CPU and no output for the stall time; said once for each time it happens.</summary>
    Stalled,
}

/// <summary>
/// The rules by which a running operation is judged. Knows no clock and no process: it is told.
/// </summary>
public sealed class Supervision(Limits limits)
{
    /// <summary>The part of a limit at which a warning is due, in per cent. From there on whoever measures looks more closely.</summary>
    public const int NearPercent = 80;

    /// <summary>
    /// CPU time within a stall period that still counts as none, in milliseconds: a waiting runtime's timers and
    /// collectors use a little of it.
    /// </summary>
    private const long IdleCpuMilliseconds = 50;

    private bool _saidMemory;
    private bool _saidProcesses;
    private bool _saidStall;
    private TimeSpan _activeAt;
    private long _activeCpu;
    private long _activeOutput;

    /// <summary>Judges what was measured.</summary>
    /// <param name="running">How long the operation has been running.</param>
    /// <param name="usage">What its tree uses.</param>
    public Finding Judge(TimeSpan running, in Usage usage)
    {
        if (usage.MemoryLimitHit || usage.MemoryBytes > limits.MemoryBytes)
        {
            return Finding.MemoryLimit;
        }

        if (usage.ProcessLimitHit || usage.Processes > limits.Processes)
        {
            return Finding.ProcessLimit;
        }

        if (running >= limits.Timeout)
        {
            return Finding.Timeout;
        }

        if (!_saidMemory && usage.MemoryBytes >= limits.MemoryBytes * NearPercent / 100)
        {
            _saidMemory = true;
            return Finding.NearMemoryLimit;
        }

        if (!_saidProcesses && usage.Processes * 100L >= limits.Processes * (long)NearPercent)
        {
            _saidProcesses = true;
            return Finding.NearProcessLimit;
        }

        return Finding.Fine;
    }

    /// <summary>
    /// Judges whether the operation still does something. Called now and then, because reading what it has written is
    /// not free.
    /// </summary>
    /// <param name="running">How long the operation has been running.</param>
    /// <param name="cpuMilliseconds">CPU time its tree has used.</param>
    /// <param name="writtenBytes">Bytes its tree has written.</param>
    /// <param name="isStopped">Asked before it is said: somebody stopped all of it on purpose, and will let it go on.</param>
    public Finding JudgeActivity(TimeSpan running, long cpuMilliseconds, long writtenBytes, Func<bool>? isStopped = null)
    {
        if (cpuMilliseconds > _activeCpu + IdleCpuMilliseconds || cpuMilliseconds < _activeCpu || writtenBytes != _activeOutput)
        {
            _activeAt = running;
            _activeCpu = cpuMilliseconds;
            _activeOutput = writtenBytes;
            _saidStall = false;
            return Finding.Fine;
        }

        if (_saidStall || limits.Stall is not { } stall || running - _activeAt < stall)
        {
            return Finding.Fine;
        }

        if (isStopped?.Invoke() == true)
        {
            _activeAt = running;
            return Finding.Fine;
        }

        _saidStall = true;
        return Finding.Stalled;
    }
}
