using System.Diagnostics;

namespace BuildGuard.Integration.Harness;

/// <summary>Waits for a condition instead of for a time.</summary>
internal static class Deadline
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns how long it took until the condition held; fails the test when it does not in time.</summary>
    public static TimeSpan Until(Func<bool> condition, TimeSpan limit, Func<string> describe)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > limit)
            {
                Assert.Fail($"Not within {limit.TotalSeconds:0} s: {describe()}");
            }

            Thread.Sleep(Step);
        }

        return watch.Elapsed;
    }
}
