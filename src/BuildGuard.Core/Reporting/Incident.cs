using BuildGuard.Audit;

namespace BuildGuard.Reporting;

/// <summary>Something that the guard ended, found, or could not do as asked.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Event">What happened.</param>
/// <param name="Code">The code of the message; <c>null</c> if there was none.</param>
/// <param name="Lease">The lease; <c>null</c> if there was none.</param>
/// <param name="Label">What people see.</param>
/// <param name="Reason">The text of the message; <c>null</c> where it is not recorded.</param>
/// <param name="Processes">How many processes it is about.</param>
/// <param name="Names">The first few of them, as in <c>sh (pid 12)</c>.</param>
public sealed record Incident(
    DateTimeOffset Time, AuditEvent Event, string? Code, string? Lease, string Label, string? Reason, int Processes, string Names)
{
    private const int Named = 4;

    /// <summary>Whether an event is one. How a machine is, which is told with each lease, is none.</summary>
    public static bool Is(AuditRecord record) => !IsOrdinary(record) && record.Event
        is AuditEvent.Breach or AuditEvent.Killed or AuditEvent.Orphan or AuditEvent.Stalled or AuditEvent.Stopped or AuditEvent.Refused or AuditEvent.Degraded;

    /// <summary>Whether it only tells that the limits of a lease are watched by looking.</summary>
    public static bool IsOrdinary(AuditRecord record) => record is { Event: AuditEvent.Degraded, Code: "BG4002" };

    /// <summary>The incident that an event tells of.</summary>
    public static Incident Of(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        IReadOnlyList<AuditProcess> processes = record.Processes ?? [];
        string names = string.Join(", ", processes.Take(Named).Select(p => $"{p.Name} (pid {p.Pid}{(p.Kept ? ", kept" : "")})"));
        return new Incident(
            record.Time,
            record.Event,
            record.Code,
            record.Lease,
            record.Label ?? record.Command ?? "",
            record.Reason,
            processes.Count,
            processes.Count > Named ? $"{names} and {processes.Count - Named} more" : names);
    }
}
