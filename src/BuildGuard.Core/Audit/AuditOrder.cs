namespace BuildGuard.Audit;

/// <summary>
/// Puts what was written a little late where it happened: who gives the turn back wakes the next one first and writes then, and
/// the start of a command that is over at once is written with its end.
/// </summary>
internal static class AuditOrder
{
    /// <summary>Times further apart were not written late: the clocks of those who wrote disagree, or one was set.</summary>
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(5);

    /// <summary>How many lines may come between.</summary>
    private const int Between = 64;

    /// <summary>The same records. Those of one lease stay in the order in which they were written.</summary>
    public static IEnumerable<AuditRecord> Of(IEnumerable<AuditRecord> written)
    {
        List<AuditRecord> last = [];
        foreach (AuditRecord record in written)
        {
            int at = last.Count;
            while (at > 0 && IsLate(record, last[at - 1]))
            {
                at--;
            }

            last.Insert(at, record);
            if (last.Count > Between)
            {
                yield return last[0];
                last.RemoveAt(0);
            }
        }

        foreach (AuditRecord record in last)
        {
            yield return record;
        }
    }

    private static bool IsLate(AuditRecord record, AuditRecord before) => record.Lease != before.Lease
        && (before.Time > record.Time
            ? before.Time - record.Time <= s_late
            : before.Time == record.Time && (before.Event, record.Event) == (AuditEvent.Acquired, AuditEvent.Released));
}
