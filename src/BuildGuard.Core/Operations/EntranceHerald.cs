using System.Diagnostics;
using BuildGuard.Diagnostics;
using BuildGuard.Processes;

namespace BuildGuard.Operations;

/// <summary>
/// Says that the way into the queue is shut: a process that is stopped, or stuck, has its short lock. Commonly somebody has it for
/// a fraction of a millisecond, and nobody is told.
/// </summary>
internal sealed class EntranceHerald : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(5);

    private readonly ManualResetEventSlim _over = new(false, spinCount: 0);

    public EntranceHerald(IOperationJournal journal, string lockName, string? leaseVariable)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            BackgroundThread.Start("says that the queue is shut", () =>
            {
                for (TimeSpan pause = s_patience; !_over.Wait(pause); pause = s_pause)
                {
                    try
                    {
                        journal.Shut(lockName, leaseVariable, Stopwatch.GetElapsedTime(start));
                    }
                    catch (Exception)
                    {
                        // As in WaitingHerald: the place is not lost for what cannot be told.
                    }
                }
            });
        }
        catch (GuardException)
        {
            return;
        }
    }

    public void Dispose() => _over.Set();
}
