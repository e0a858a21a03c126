namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>Waits for the looks that the program takes at what it runs.</summary>
internal static class Looks
{
    /// <summary>Its main thread sleeps between two looks, and does little else.</summary>
    public static void Await(int pid)
    {
        long before = Sleeps(pid);
        Helper.Await(() => Sleeps(pid), now => now > before + 10);
    }

    private static long Sleeps(int pid) => long.Parse(
        File.ReadLines($"/proc/{pid}/task/{pid}/status").Single(line => line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal)).Split('\t')[1]);
}
