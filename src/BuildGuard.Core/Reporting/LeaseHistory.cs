using BuildGuard.Audit;
using BuildGuard.Containment;
using BuildGuard.Leases;

namespace BuildGuard.Reporting;

/// <summary>What the audit trail tells of one lease, from its place in the queue to its end.</summary>
public sealed class LeaseHistory
{
    /// <summary>Ten years in milliseconds: no figure of the trail is believed beyond that.</summary>
    private const long Longest = 3650L * 24 * 3600 * 1000;

    private DateTimeOffset? _enqueued;
    private DateTimeOffset? _acquired;
    private DateTimeOffset? _end;
    private DateTimeOffset _last;
    private long? _waited;
    private long? _ran;

    internal LeaseHistory(string lease, DateTimeOffset first) => (Lease, _last) = (lease, first);

    /// <summary>The lease's name.</summary>
    public string Lease { get; }

    /// <summary>How many leases it stands in.</summary>
    public int Depth => Math.Max(0, Lease.Count(c => c == '/') - 1);

    /// <summary>What people see.</summary>
    public string Label { get; private set; } = "";

    /// <summary>The command line; <c>null</c> where none is recorded.</summary>
    public string? Command { get; private set; }

    /// <summary>What it was for.</summary>
    public LeaseKind? Kind { get; private set; }

    /// <summary>What became of it.</summary>
    public LeaseFate Fate { get; private set; } = LeaseFate.Unknown;

    /// <summary>The exit code; <c>null</c> if there is none.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>The most memory its process tree used, in bytes.</summary>
    public long? PeakMemoryBytes { get; private set; }

    /// <summary>Its memory over time; <c>null</c> where the trail has none.</summary>
    public MemorySeries? Memory { get; private set; }

    /// <summary>The most processes its tree had.</summary>
    public int? PeakProcesses { get; private set; }

    /// <summary>CPU time of its tree, in milliseconds.</summary>
    public long? CpuMilliseconds { get; private set; }

    /// <summary>When it began to wait.</summary>
    public DateTimeOffset WaitStart => Earliest(_enqueued, _waited is { } ms ? Before(RunStart, ms) : RunStart);

    /// <summary>When its turn came; the moment of refusal or giving up if it did not.</summary>
    public DateTimeOffset RunStart => _acquired ?? Before(End, _ran ?? 0);

    /// <summary>When it ended; the last that is known of it if it has not.</summary>
    public DateTimeOffset End => _end is { } end ? (_acquired > end ? _acquired.Value : end) : _last;

    /// <summary>How long it waited.</summary>
    public TimeSpan Waited => RunStart - WaitStart;

    /// <summary>How long it ran.</summary>
    public TimeSpan Ran => _ran is { } ms ? TimeSpan.FromMilliseconds(ms) : End - RunStart;

    /// <summary>Whether it ran at all.</summary>
    public bool HasRun => Fate is not (LeaseFate.Waiting or LeaseFate.Refused) && (_acquired is not null || _ran > 0);

    /// <summary>Takes one event in.</summary>
    internal void Add(AuditRecord record)
    {
        Label = record.Label ?? record.Command ?? Label;
        Command = record.Command ?? Command;
        Kind = record.Kind ?? Kind;
        ExitCode = record.ExitCode ?? ExitCode;
        PeakMemoryBytes = Largest(PeakMemoryBytes, record.PeakMemoryBytes);
        Memory = record.Memory ?? Memory;
        PeakProcesses = (int?)Largest(PeakProcesses, record.PeakProcesses);
        CpuMilliseconds = Largest(CpuMilliseconds, record.CpuMilliseconds);
        _last = record.Time > _last ? record.Time : _last;
        switch (record.Event)
        {
            case AuditEvent.Enqueued:
                _enqueued = record.Time;
                break;
            case AuditEvent.Acquired:
                _acquired = record.Time;
                _waited = Bounded(record.WaitedMilliseconds);
                break;
            case AuditEvent.Released:
                Close(record, FateOf(record));
                break;
            case AuditEvent.Refused:
                Close(record, LeaseFate.Refused);
                break;
            case AuditEvent.Cancelled:
                Close(record, LeaseFate.Cancelled);
                break;
            case AuditEvent.Stopped:
                Close(record, LeaseFate.Ended);
                break;
            case AuditEvent.Killed when Fate == LeaseFate.Unknown:
                Close(record, record.Outcome is null ? LeaseFate.Died : LeaseFate.Ended);
                break;
            default:
                break;
        }
    }

    /// <summary>It is there at this moment.</summary>
    internal void IsThere(LeaseFate fate, DateTimeOffset now)
    {
        if (_end is null)
        {
            Fate = fate;
            _last = now > _last ? now : _last;
        }
    }

    private void Close(AuditRecord record, LeaseFate fate)
    {
        // Whoever is stopped says so, and then releases: the reason stays.
        Fate = Fate is LeaseFate.Ended or LeaseFate.Cancelled ? Fate : fate;
        _end = record.Time;
        _waited = Bounded(record.WaitedMilliseconds) ?? _waited;
        _ran = Bounded(record.DurationMilliseconds) ?? _ran;
    }

    private static LeaseFate FateOf(AuditRecord record) => record.Outcome switch
    {
        null => LeaseFate.Succeeded,
        "exited" => record.ExitCode is null or 0 ? LeaseFate.Succeeded : LeaseFate.Failed,
        "signaled" => LeaseFate.Failed,
        "cancelled" => LeaseFate.Cancelled,
        "refused" => LeaseFate.Refused,
        _ => LeaseFate.Ended,
    };

    private static long? Bounded(long? milliseconds) => milliseconds is { } ms ? Math.Clamp(ms, 0, Longest) : null;

    private static long? Largest(long? one, long? other) => one is { } a && other is { } b ? Math.Max(a, b) : one ?? other;

    private static DateTimeOffset Earliest(DateTimeOffset? one, DateTimeOffset other) => one < other ? one.Value : other;

    private static DateTimeOffset Before(DateTimeOffset time, long milliseconds) =>
        time.Ticks <= milliseconds * TimeSpan.TicksPerMillisecond ? DateTimeOffset.MinValue : time.AddMilliseconds(-milliseconds);
}
