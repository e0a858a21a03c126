namespace BuildGuard.Platform.Tests.Taker;

/// <summary>One process with many threads, which is what a .NET build looks like from outside.</summary>
internal static class Threads
{
    public static int Run(int count)
    {
        using var started = new CountdownEvent(count);
        using var done = new ManualResetEventSlim();
        for (int i = 0; i < count; i++)
        {
            new Thread(() =>
            {
                started.Signal();
                done.Wait();
            }) { IsBackground = true }.Start();
        }

        started.Wait();

        // Long enough for the sampler to look several times.
        Thread.Sleep(200);
        Console.WriteLine(count);
        done.Set();
        return 0;
    }
}
