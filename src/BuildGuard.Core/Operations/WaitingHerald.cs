using System.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Operations;

/// <summary>
/// Says from time to time whom we wait for. The waiting thread itself sleeps in the kernel, so this has one of its own.
/// </summary>
internal sealed class WaitingHerald : IDisposable
{
    /// <summary>
    /// Inside a lease, work of one and the same build meets all the time and parts again after milliseconds: only who waits
    /// longer than this wants to know for whom.
    /// </summary>
    private static readonly TimeSpan s_patienceInside = TimeSpan.FromSeconds(1);

    /// <summary>The first pause; each further one is twice as long, up to the longest.</summary>
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(5);

    private readonly ManualResetEventSlim _over = new(false, spinCount: 0);

    public WaitingHerald(IOperationJournal journal, LeaseId lease, long start)
    {
        BackgroundThread.Start(
            "says who is waited for",
            () =>
            {
                if (lease.Parent is not null && _over.Wait(s_patienceInside))
                {
                    return;
                }

                TimeSpan pause = s_firstPause;
                do
                {
                    try
                    {
                        journal.Waiting(lease, Stopwatch.GetElapsedTime(start));
                    }
                    catch (Exception)
                    {
                        // Whatever keeps it from being told (no descriptor, no permission, no memory): the place is not lost for that.
                    }

                    TimeSpan next = pause;
                    pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
                    if (_over.Wait(next))
                    {
                        return;
                    }
                }
                while (true);
            });
    }

    public void Dispose() => _over.Set();
}
