using BuildGuard.Leases.Taker;
using BuildGuard.Leases.Tests.Simulation;
using BuildGuard.Operations;
using BuildGuard.Platform.Linux;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Leases.Tests;

/// <summary>Who stands between the making of its ticket and the writing of it is on its way into the queue, and not one without a ticket.</summary>
[TestClass]
public sealed class UnwrittenTicketTests
{
    /// <summary>At the last look before somebody would be said to have no ticket it writes it: while the tickets are read, or after that.</summary>
    [TestMethod]
    [DataRow("read", 2)]
    [DataRow("holdersBelow", 2)]
    public void One_that_writes_its_ticket_while_it_is_looked_has_one(string step, int time)
    {
        using var state = new StateDirectory();
        using var taker = TakerProcess.Start(state.Path, "--stop-before write:1-");
        taker.AwaitStopped();
        string ticket = Directory.GetFiles(state.Queue, "1-*").Single();
        Assert.AreEqual(0, new FileInfo(ticket).Length);

        int met = 0;
        var files = new SteppedFiles(new UnixStateFiles(), new HookedSteps((at, path) =>
        {
            if (at == step && (path == ticket || path == state.Layout.Locks) && ++met == time)
            {
                taker.Signal(Native.SIGCONT);
                taker.AwaitTurn();
            }
        }));
        var processes = new LinuxProcessTable();
        UnrecordedHolders holders = new(files, state.Layout, new TreeReader(files, state.Layout, processes), processes, new ProcessSignal(processes));
        Assert.IsEmpty(holders.Describe([], []));
        Assert.IsGreaterThanOrEqualTo(time, met);
        taker.Release();
    }

    [TestMethod]
    public void One_that_writes_its_ticket_while_that_is_read_is_shown()
    {
        using var state = new StateDirectory();
        using var taker = TakerProcess.Start(state.Path, "--stop-before write:1-");
        taker.AwaitStopped();
        int met = 0;
        var files = new SteppedFiles(new UnixStateFiles(), new HookedSteps((at, path) =>
        {
            if (at == "read" && Path.GetFileName(path).StartsWith("1-", StringComparison.Ordinal) && ++met == 2)
            {
                taker.Signal(Native.SIGCONT);
                taker.AwaitTurn();
            }
        }));
        TreeSnapshot seen = new TreeReader(files, state.Layout, new LinuxProcessTable()).Look(LockName.User);
        Assert.AreEqual(taker.Lease, seen.Leases.Single().Id);
        Assert.IsEmpty(seen.Unreadable);
        taker.Release();
    }
}
