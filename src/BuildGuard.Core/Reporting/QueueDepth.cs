namespace BuildGuard.Reporting;

/// <summary>How many waited, over time.</summary>
public static class QueueDepth
{
    /// <summary>The most that waited at once in each part of the time.</summary>
    /// <param name="leases">All leases.</param>
    /// <param name="scale">The time; idle stretches are short in it.</param>
    /// <param name="parts">How many parts it is cut into.</param>
    public static int[] Of(IEnumerable<LeaseHistory> leases, TimeScale scale, int parts)
    {
        ArgumentNullException.ThrowIfNull(scale);
        List<(DateTimeOffset Time, int Change)> changes = [];
        foreach (LeaseHistory lease in leases.Where(lease => lease.Waited > TimeSpan.Zero))
        {
            changes.Add((lease.WaitStart, 1));
            changes.Add((lease.RunStart, -1));
        }

        changes.Sort();
        int[] depths = new int[parts];
        int depth = 0, part = 0;
        foreach ((DateTimeOffset time, int change) in changes)
        {
            int at = Math.Min(parts - 1, (int)(scale.PositionOf(time) * parts));
            for (; part < at; part++)
            {
                depths[part] = Math.Max(depths[part], depth);
            }

            depth += change;
            depths[at] = Math.Max(depths[at], Math.Max(depth, depth - change));
        }

        return depths;
    }
}
