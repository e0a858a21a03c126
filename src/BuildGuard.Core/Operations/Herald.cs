using System.Diagnostics;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Operations;

/// <summary>
/// Says from time to time what the program waits for, until it is disposed of. The waiting thread itself sleeps in the kernel, so this
/// has one of its own.
/// </summary>
internal sealed class Herald : IDisposable
{
    /// <summary>
    /// Inside a lease, work of one and the same build meets all the time and parts again after milliseconds: only who waits
    /// longer than this wants to know for whom.
    /// </summary>
    private static readonly TimeSpan s_patienceInside = TimeSpan.FromSeconds(1);

    /// <summary>The first pause of a wait for the turn; each further one is twice as long, up to the longest.</summary>
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(5);

    /// <summary>How long the way into a queue may be shut: commonly it is for a fraction of a millisecond.</summary>
    private static readonly TimeSpan s_patienceAtEntrance = TimeSpan.FromSeconds(2);

    private readonly ManualResetEventSlim _over = new(false, spinCount: 0);

    private Herald(string name, IEnumerable<TimeSpan> pauses, Action tell) => BackgroundThread.Start(name, () =>
    {
        foreach (TimeSpan pause in pauses)
        {
            if (pause > TimeSpan.Zero && _over.Wait(pause))
            {
                return;
            }

            try
            {
                tell();
            }
            catch (Exception)
            {
                // Whatever keeps it from being told (no descriptor, no permission, no memory): the place is not lost for that.
            }
        }
    });

    /// <summary>Says for whom a ticket waits.</summary>
    /// <param name="journal">Is told.</param>
    /// <param name="lease">The lease that it will be.</param>
    /// <param name="start">Since when, as <see cref="Stopwatch.GetTimestamp"/> had it.</param>
    /// <exception cref="GuardException">BG4004: there is no thread for it.</exception>
    public static Herald OfTurn(IOperationJournal journal, LeaseId lease, long start) =>
        new("says who is waited for", TurnPauses(isInside: lease.Parent is not null), () => journal.Waiting(lease, Stopwatch.GetElapsedTime(start)));

    /// <summary>Says that the way into the queue is shut: a process that is stopped, or stuck, has its short lock.</summary>
    /// <param name="journal">Is told.</param>
    /// <param name="lockName">The lock that was asked for.</param>
    /// <param name="leaseVariable">The value of <c>BUILDGUARD_LEASE</c>, if it is set.</param>
    /// <returns><c>null</c>: there is no thread for it, and nothing is said.</returns>
    public static Herald? OfEntrance(IOperationJournal journal, string lockName, string? leaseVariable)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            return new Herald("says that the queue is shut", EntrancePauses(), () => journal.Shut(lockName, leaseVariable, Stopwatch.GetElapsedTime(start)));
        }
        catch (GuardException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _over.Set();

    private static IEnumerable<TimeSpan> TurnPauses(bool isInside)
    {
        yield return isInside ? s_patienceInside : TimeSpan.Zero;
        for (TimeSpan pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            yield return pause;
        }
    }

    private static IEnumerable<TimeSpan> EntrancePauses()
    {
        for (TimeSpan pause = s_patienceAtEntrance; ; pause = s_longestPause)
        {
            yield return pause;
        }
    }
}
