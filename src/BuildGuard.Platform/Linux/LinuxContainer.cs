using System.Diagnostics;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Linux.Spawn;
using BuildGuard.Processes;

namespace BuildGuard.Platform.Linux;

/// <summary>What is the same on every rung: the command, waiting for it, signals, and its descendants.</summary>
internal abstract unsafe partial class LinuxContainer : IContainer
{
    private readonly LeaseId _lease;
    private readonly LeaseMark _kept;
    private int _command;
    private int _commandFd = -1;
    private int _parentFd = -1;
    private readonly int _wakeFd = Libc.EventFd(0, Libc.O_CLOEXEC | O_NONBLOCK);
    private readonly int _parent = Libc.GetPPid();
    private bool _parentGone;
    private long _reapedMicroseconds;
    private readonly HashSet<int> _signalled = [];
    private readonly List<int> _killed = [];
    private TimeSpan _measureCost;
    private TimeSpan _measuredAt;
    private long _lookedAt;
    private bool _isCutShort;
    private bool _wasCutShort;
    private string? _record;
    private JobControl? _job;
    private bool _ended;
    private int _disposed;

    private const int O_NONBLOCK = 0x800;

    // A horde may end faster than it can be collected.
    private const int ReapMilliseconds = 10;

    protected LinuxContainer(LinuxProcessTable table, LeaseId lease, Limits limits, CgroupName name)
    {
        Table = table;
        Limits = limits;
        _lease = lease;
        var signs = new LeaseSigns(lease, name);
        Mark = signs.Mark;
        Family = new Family(signs);
        _kept = LeaseMark.OfKept(lease, name);
    }

    /// <inheritdoc/>
    public abstract Rung Rung { get; }

    /// <inheritdoc/>
    public string Record => _record ??= ContainerRecord.Write(Rung, [.. RecordedGroups]);

    /// <inheritdoc/>
    public ExitStatus? Exit { get; private set; }

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> Weaknesses => [];

    /// <inheritdoc/>
    public IReadOnlyList<ProcessRow> Kept { get; private set; } = [];

    /// <inheritdoc/>
    public TimeSpan SuggestedPause
    {
        get
        {
            TimeSpan pause = _measureCost * Pace.PauseForEach;
            return pause < Pace.LongestPause ? pause : Pace.LongestPause;
        }
    }

    /// <inheritdoc/>
    public bool IsEmpty
    {
        get
        {
            Reap();
            return Members().Count == 0;
        }
    }

    /// <summary>Whoever descends from the command.</summary>
    protected Family Family { get; }

    protected LinuxProcessTable Table { get; }

    protected Limits Limits { get; }

    /// <summary>By which whatever the lease started is known.</summary>
    protected LeaseMark Mark { get; }

    /// <summary>The command's process id; 0 before it was started.</summary>
    protected int Command => _command;

    /// <summary>How often it is looked at, by what the last look found.</summary>
    protected virtual Pace Pace => Pace.Ordinary;

    /// <summary>CPU time of the processes that were collected, in milliseconds.</summary>
    protected long ReapedMilliseconds => _reapedMicroseconds / 1000;

    /// <inheritdoc/>
    public Usage Measure()
    {
        Reap();
        if (Exit is null)
        {
            Family.Strays.CountBirths();
        }

        (_wasCutShort, _isCutShort) = (_isCutShort, false);
        Usage usage = Look();

        // Not what passed on the clock: a look that was kept waiting by a busy machine would be followed by a long blind one.
        // From the end of the last look, for to wait and to wake up costs something too.
        TimeSpan now = Libc.ThreadTime;
        TimeSpan cost = now - _measuredAt;

        // The first look is dear because it is the first.
        _measureCost = _measuredAt == TimeSpan.Zero ? TimeSpan.Zero
            : _measureCost == TimeSpan.Zero ? cost
            : ((_measureCost * 3) + cost) / 4;
        _measuredAt = now;
        _lookedAt = Environment.TickCount64;
        return usage;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ProcessRow> Processes() =>
        Table.Describe(Glance(TreeEnd.MostDescribed)).FindAll(static row => row.State is not ('Z' or 'X') || row.MemoryBytes > 0);

    /// <inheritdoc/>
    public long WrittenBytes => LikelyMembers().Sum(LinuxProcessTable.WrittenBy);

    /// <inheritdoc/>
    public void Signal(int signal)
    {
        if (_command != 0 && Exit is null)
        {
            _ = new Target(_command, _commandFd).Signal(signal);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _parked?.Dispose();
        _job?.Dispose();
        try
        {
            // What was proven empty stays so: nobody gets in but by being started from inside.
            if (!_ended)
            {
                _ = End();
            }
        }
        finally
        {
            Close();
            CloseParent();
            _ = Libc.Close(_wakeFd);
            if (_commandFd >= 0)
            {
                _ = Libc.Close(_commandFd);
            }

            Family.Dispose();
            _ = DescriptorRoom.GiveWay();
        }
    }

    /// <summary>What is used now; what has ended is collected.</summary>
    protected abstract Usage Look();

    /// <summary>The groups in which its processes are found again.</summary>
    protected virtual IEnumerable<string> RecordedGroups => [];

    /// <summary>The processes inside that can still run, the kept ones not counted.</summary>
    protected virtual HashSet<int> Members() => Family.Members();

    /// <summary>Whether a process is inside.</summary>
    protected virtual bool IsMember(int pid) => Family.Contains(pid);

    /// <summary>Removes what <see cref="Spawn"/> prepared; nothing runs inside any more.</summary>
    protected virtual void Close()
    {
    }

    /// <summary>The processes inside, by a quicker look that may miss one.</summary>
    protected virtual IEnumerable<int> LikelyMembers() => Family.LikelyMembers().Select(static stat => stat.Pid);

    /// <summary>Some of the processes inside, found more quickly than all.</summary>
    protected virtual IReadOnlyCollection<int> Glance(int most) => Family.Some(most).FindAll(pid => !Family.WasReleased(pid));

    /// <summary>
    /// Collects what ended: the command, and orphans that were handed to us, the longest there first. Of more than a moment's work the
    /// rest is left to the next call. Whether there was anything.
    /// </summary>
    protected bool Reap()
    {
        bool any = false;
        int status;
        Libc.RUsage usage;
        long start = Environment.TickCount64;
        while (_command != 0 && (!any || Environment.TickCount64 - start < ReapMilliseconds)
            && Libc.Wait4(-1, &status, Libc.WNOHANG, &usage) is > 0 and int pid)
        {
            any = true;
            _reapedMicroseconds += usage.CpuMicroseconds;
            _ = _signalled.Remove(pid);
            int signal = status & 0x7F;
            if (signal == Libc.SIGKILL)
            {
                _killed.Add(pid);
            }

            if (pid == _command)
            {
                Family.Head = 0;
                Exit = signal == 0 ? new ExitStatus((status >> 8) & 0xFF, 0) : new ExitStatus(0, signal);
            }
        }

        return any;
    }

    private void CloseParent()
    {
        if (_parentFd >= 0)
        {
            _ = Libc.Close(_parentFd);
            _parentFd = -1;
        }
    }
}
