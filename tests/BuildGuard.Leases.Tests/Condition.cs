using System.Diagnostics;

namespace BuildGuard.Leases.Tests;

/// <summary>Waits for something that must come true.</summary>
internal static class Condition
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    public static void Await(Func<bool> condition, Func<string> explain)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > s_deadline)
            {
                Assert.Fail($"did not come true within {s_deadline.TotalSeconds} s: {explain()}");
            }

            Thread.Sleep(1);
        }
    }
}
