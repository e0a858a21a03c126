using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux;

namespace BuildGuard.Platform.Tests.Taker;

/// <summary>Waits without end for a command that does not end, and is woken by another thread.</summary>
internal static class WakeUp
{
    public static int Run()
    {
        var containment = new LinuxContainment(Path.GetTempPath(), new LinuxProcessTable());
        using IContainer container = containment.Plan(LeaseId.UnderLock("user", new TicketName(1, (uint)Environment.ProcessId)), new Limits());
        container.Start(new StartRequest(["sleep", "1000"], new Dictionary<string, string?>(), false));
        new Thread(container.Wake).Start();
        Console.WriteLine(container.Wait(Timeout.InfiniteTimeSpan));
        Console.WriteLine(container.Wait(TimeSpan.FromMilliseconds(20)));
        return 0;
    }
}
