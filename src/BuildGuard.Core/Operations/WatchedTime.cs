namespace BuildGuard.Operations;

/// <summary>
/// The time in which somebody watched. What passes while this program is stopped (Ctrl+Z), or gets no turn on a machine that is
/// too busy, is not in it: nobody can say that nothing happened then. Knows no clock: it is told.
/// </summary>
internal sealed class WatchedTime
{
    /// <summary>So much later than wanted a look may come and still count as on time.</summary>
    private static readonly TimeSpan s_slack = TimeSpan.FromMilliseconds(200);

    private TimeSpan _lookedAt;

    /// <summary>All of it.</summary>
    public TimeSpan Total { get; private set; }

    /// <summary>Takes a look in.</summary>
    /// <param name="running">The time of it.</param>
    /// <param name="pause">How long after the one before it was wanted.</param>
    public void Add(TimeSpan running, TimeSpan pause)
    {
        TimeSpan passed = running - _lookedAt;
        _lookedAt = running;
        Total += passed > pause + s_slack ? pause : passed;
    }
}
