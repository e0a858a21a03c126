using System.Diagnostics;
using BuildGuard.Leases.Taker;

namespace BuildGuard.Leases.Tests;

/// <summary>What only real processes can show: signals, inherited handles, namespaces.</summary>
[TestClass]
public sealed class ProcessTests
{
    [TestMethod]
    public void A_killed_holder_lets_exactly_the_next_one_in()
    {
        using var state = new StateDirectory();
        using TakerProcess first = TakerProcess.Start(state.Path).AwaitTurn();
        using TakerProcess second = TakerProcess.Start(state.Path).AwaitTicket();
        second.AwaitAsleep();
        using TakerProcess third = TakerProcess.Start(state.Path).AwaitTicket();
        third.AwaitAsleep();
        first.Kill();
        second.AwaitTurn();
        third.AwaitAsleep();
        Assert.IsFalse(third.HasTurn);
        second.Release();
        third.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_daemon_started_by_a_killed_holder_does_not_keep_the_lock()
    {
        using var state = new StateDirectory();
        string pidFile = Path.Combine(state.Path, "daemon.pid");
        string script = Path.Combine(state.Path, "daemon.sh");
        File.WriteAllText(script, $"echo $$ > {pidFile}.new; mv {pidFile}.new {pidFile}; exec sleep 300\n");
        using TakerProcess holder = TakerProcess.Start(state.Path, $"--daemon sh,{script}").AwaitTurn();
        Condition.Await(() => File.Exists(pidFile), () => "the daemon to start");
        int daemon = int.Parse(File.ReadAllText(pidFile));
        try
        {
            using TakerProcess second = TakerProcess.Start(state.Path).AwaitTicket();
            second.AwaitAsleep();
            holder.Kill();
            second.AwaitTurn();
            Assert.IsTrue(Directory.Exists($"/proc/{daemon}"), "the daemon had ended, so the test shows nothing");
            Assert.DoesNotContain(f => (f.LinkTarget ?? "").StartsWith(state.Path, StringComparison.Ordinal), new DirectoryInfo($"/proc/{daemon}/fd").GetFiles());
            second.Release();
        }
        finally
        {
            Native.Signal(daemon, Native.SIGKILL);
        }
    }

    [TestMethod]
    [DataRow("create")]
    [DataRow("write")]
    public void One_who_is_stopped_between_number_and_ticket_is_waited_for(string step)
    {
        using var state = new StateDirectory();
        using TakerProcess first = TakerProcess.Start(state.Path, $"--stop-before {step}");
        first.AwaitStopped();
        using TakerProcess second = TakerProcess.Start(state.Path);
        second.AwaitAsleep();
        first.Signal(Native.SIGCONT);
        first.AwaitTurn();
        second.AwaitTicket();
        Assert.IsFalse(second.HasTurn);
        first.Release();
        second.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    [DataRow("create")]
    [DataRow("write")]
    public void One_who_is_killed_between_number_and_ticket_is_not_waited_for(string step)
    {
        using var state = new StateDirectory();
        using TakerProcess first = TakerProcess.Start(state.Path, $"--stop-before {step}");
        first.AwaitStopped();
        using TakerProcess second = TakerProcess.Start(state.Path);
        second.AwaitAsleep();
        first.Kill();
        second.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_mutex_deleted_while_a_number_is_taken_gives_no_number_twice()
    {
        using var state = new StateDirectory();
        using TakerProcess first = TakerProcess.Start(state.Path, "--stop-before create");
        first.AwaitStopped();
        File.Delete(Path.Combine(state.Queue, "mutex"));
        using TakerProcess second = TakerProcess.Start(state.Path).AwaitTurn();
        first.Signal(Native.SIGCONT);
        first.AwaitTicket();
        first.AwaitAsleep();
        Assert.IsFalse(first.HasTurn, "two hold");
        second.Release();
        first.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_stopped_holder_still_holds_and_a_stopped_waiter_keeps_its_place()
    {
        using var state = new StateDirectory();
        using TakerProcess first = TakerProcess.Start(state.Path).AwaitTurn();
        using TakerProcess second = TakerProcess.Start(state.Path).AwaitTicket();
        second.AwaitAsleep();
        using TakerProcess third = TakerProcess.Start(state.Path).AwaitTicket();
        third.AwaitAsleep();
        first.Signal(Native.SIGSTOP);
        first.AwaitStopped();
        second.Signal(Native.SIGSTOP);
        second.AwaitStopped();
        TreeSnapshot tree = new TreeReader(new Platform.Unix.UnixStateFiles(), state.Layout, new Platform.Linux.LinuxProcessTable()).Look(LockName.User);
        LeaseView holder = Assert.ContainsSingle(tree.Leases);
        Assert.IsTrue(holder.HolderAlive);
        Assert.AreEqual(first.Lease, holder.Id);
        Assert.AreEqual(first.Pid, Assert.ContainsSingle(holder.Stopped));
        Assert.AreEqual(second.Pid, Assert.ContainsSingle(tree.Queue[0].Stopped));
        Assert.IsEmpty(tree.Queue[1].Stopped);
        first.Signal(Native.SIGCONT);
        first.Release();
        third.AwaitAsleep();
        Assert.IsFalse(third.HasTurn, "it overtook a stopped waiter");
        second.Signal(Native.SIGCONT);
        second.AwaitTurn().Release();
        third.AwaitTurn().Release();
    }

    [TestMethod]
    public void A_cancelled_waiter_leaves_no_trace_and_its_successor_waits_on()
    {
        using var state = new StateDirectory();
        using TakerProcess first = TakerProcess.Start(state.Path).AwaitTurn();
        using TakerProcess second = TakerProcess.Start(state.Path).AwaitTicket();
        second.AwaitAsleep();
        using TakerProcess third = TakerProcess.Start(state.Path).AwaitTicket();
        third.AwaitAsleep();
        second.Signal(Native.SIGTERM);
        second.AwaitExit();
        Assert.AreEqual(128 + Native.SIGTERM, second.ExitCode);
        Assert.IsFalse(File.Exists(state.Layout.TicketOf(second.Lease)));
        third.AwaitAsleep();
        Assert.IsFalse(third.HasTurn);
        first.Release();
        third.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void The_order_does_not_depend_on_the_clock()
    {
        using var state = new StateDirectory();
        using TakerProcess first = TakerProcess.Start(state.Path, "--enqueued-at 2030-01-01T00:00:00Z").AwaitTurn();
        using TakerProcess second = TakerProcess.Start(state.Path, "--enqueued-at 2031-01-01T00:00:00Z").AwaitTicket();
        second.AwaitAsleep();
        using TakerProcess third = TakerProcess.Start(state.Path, "--enqueued-at 1970-01-01T00:00:00Z").AwaitTicket();
        third.AwaitAsleep();
        File.SetLastWriteTimeUtc(state.Layout.TicketOf(second.Lease), DateTime.UnixEpoch.AddDays(40000));
        first.Release();
        second.AwaitTurn();
        third.AwaitAsleep();
        Assert.IsFalse(third.HasTurn);
        second.Release();
        third.AwaitTurn().Release();
    }

    [TestMethod]
    public void A_killed_session_helper_keeps_its_lease_while_the_process_it_serves_does()
    {
        using var state = new StateDirectory();
        var files = new Platform.Unix.UnixStateFiles();
        using TakerProcess session = TakerProcess.Start(state.Path).AwaitTurn();
        using TakerProcess next = TakerProcess.Start(state.Path).AwaitTicket();
        next.AwaitAsleep();
        using (LockFile owner = files.OpenOrCreate(state.Layout.OwnerOf(session.Lease), shared: false)!)
        {
            owner.LockExclusive();
            session.Kill();
            next.AwaitAsleep();
            using TakerProcess child = TakerProcess.Start(state.Path, lease: session.Lease.Value).AwaitTurn();
            Assert.AreEqual(session.Lease, child.Lease.Parent, "the lease takes no more children");
            child.Release();
            Assert.IsFalse(next.HasTurn);
        }

        next.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_child_that_ignores_the_end_of_its_dead_parent_is_killed_before_the_next_one_starts()
    {
        using var state = new StateDirectory();
        using TakerProcess session = TakerProcess.Start(state.Path).AwaitTurn();
        using TakerProcess child = TakerProcess.Start(state.Path, lease: session.Lease.Value).AwaitTurn();
        using TakerProcess sibling = TakerProcess.Start(state.Path, lease: session.Lease.Value).AwaitTicket();
        sibling.AwaitAsleep();
        child.Signal(Native.SIGSTOP);
        using TakerProcess next = TakerProcess.Start(state.Path).AwaitTicket();
        next.AwaitAsleep();
        session.Kill();
        next.AwaitTurn();
        child.AwaitExit();
        Condition.Await(() => sibling.Lease.Parent is null, () => "the sibling to fall back to the lock");
        sibling.AwaitAsleep();
        Assert.IsFalse(sibling.HasTurn);
        next.Release();
        sibling.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }
}
