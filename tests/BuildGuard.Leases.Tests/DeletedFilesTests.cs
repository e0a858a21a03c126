using BuildGuard.Leases.Taker;

namespace BuildGuard.Leases.Tests;

/// <summary>Somebody deletes state files while they are in use: a cleaner, a hand.</summary>
[TestClass]
public sealed class DeletedFilesTests
{
    [TestMethod]
    public void A_holder_whose_directory_was_deleted_still_holds()
    {
        using var state = new StateDirectory();
        using TakerProcess holder = TakerProcess.Start(state.Path).AwaitTurn();
        Directory.Delete(state.Layout.Locks, recursive: true);
        using TakerProcess second = TakerProcess.Start(state.Path).AwaitTicket();
        second.AwaitAsleep();
        Assert.IsFalse(second.HasTurn);
        holder.Release();
        second.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    /// <summary>The mutex is what tells that a ticket is missing.</summary>
    [TestMethod]
    [DataRow("junk\n")]
    [DataRow("")]
    [DataRow("0000000000000000000x")]
    public void A_garbled_mutex_and_a_deleted_ticket_let_nobody_pass(string mutex)
    {
        using var state = new StateDirectory();
        using TakerProcess holder = TakerProcess.Start(state.Path).AwaitTurn();
        using (var file = new FileStream(state.Layout.MutexOf(LockName.User), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(mutex));
        }

        File.Delete(state.Layout.TicketOf(holder.Lease));
        using TakerProcess second = TakerProcess.Start(state.Path).AwaitTicket();
        second.AwaitAsleep();
        Assert.IsFalse(second.HasTurn);
        holder.Release();
        second.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    /// <summary>Every container may have the same path, and something else there.</summary>
    [TestMethod]
    [DataRow("", 1)]
    [DataRow("mount --make-rprivate / && mount -t tmpfs none \"$0\" && mkdir -p \"$0/locks/user\" && ", 0)]
    public void Who_locks_a_file_of_the_same_path_in_another_mount_namespace_is_nobody_here(string mount, int expected)
    {
        if (!Environment.IsPrivilegedProcess || !Shell.TryRun("unshare", "-m", "true"))
        {
            Assert.Inconclusive("a mount namespace cannot be made here (it takes root)");
        }

        using var state = new StateDirectory();
        Directory.CreateDirectory(state.Layout.NodeOf(LockName.User));
        using System.Diagnostics.Process other = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "unshare", ["-m", "sh", "-c", mount + "exec flock \"$0/locks/user/1-00000001\" sh -c 'echo ready; read y'", state.Path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.AreEqual("ready", other.StandardOutput.ReadLine());
        IEnumerable<int> holders = new Platform.Unix.UnixStateFiles().HoldersBelow(state.Layout.Locks).Select(holder => holder.Pid).Distinct();
        Assert.AreEqual(expected, holders.Count(pid => pid == other.Id));
        other.StandardInput.Close();
        other.WaitForExit();
    }

    [TestMethod]
    public void One_who_gives_up_behind_a_deleted_holder_does_not_uncover_the_next()
    {
        using var state = new StateDirectory();
        using TakerProcess holder = TakerProcess.Start(state.Path).AwaitTurn();
        Directory.Delete(state.Layout.Locks, recursive: true);
        using TakerProcess second = TakerProcess.Start(state.Path).AwaitTicket();
        second.AwaitAsleep();
        using TakerProcess third = TakerProcess.Start(state.Path).AwaitTicket();
        third.AwaitAsleep();
        second.Signal(Native.SIGTERM);
        second.AwaitExit();
        third.AwaitAsleep();
        using TakerProcess fourth = TakerProcess.Start(state.Path).AwaitTicket();
        fourth.AwaitAsleep();
        Assert.IsFalse(third.HasTurn || fourth.HasTurn, "somebody runs beside the holder");
        holder.Release();
        third.AwaitTurn();
        fourth.AwaitAsleep();
        Assert.IsFalse(fourth.HasTurn);
        third.Release();
        fourth.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void Waiters_in_a_deleted_directory_queue_again_in_the_new_one()
    {
        using var state = new StateDirectory();
        using TakerProcess holder = TakerProcess.Start(state.Path).AwaitTurn();
        using TakerProcess waiter = TakerProcess.Start(state.Path).AwaitTicket();
        waiter.AwaitAsleep();
        Directory.Delete(state.Layout.Locks, recursive: true);
        using TakerProcess newcomer = TakerProcess.Start(state.Path).AwaitTicket();
        newcomer.AwaitAsleep();
        holder.Release();
        newcomer.AwaitTurn();
        waiter.AwaitWord("displaced");
        waiter.AwaitAsleep();
        Assert.IsFalse(waiter.HasTurn);
        newcomer.Release();
        waiter.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_holder_from_before_the_mutex_was_deleted_is_missed_when_its_own_file_goes_too()
    {
        using var state = new StateDirectory();
        using TakerProcess holder = TakerProcess.Start(state.Path).AwaitTurn();
        File.Delete($"{state.Queue}/mutex");
        using TakerProcess second = TakerProcess.Start(state.Path).AwaitTicket();
        second.AwaitAsleep();
        File.Delete(state.Layout.TicketOf(holder.Lease));
        File.Delete(state.Layout.TicketOf(second.Lease));
        using TakerProcess third = TakerProcess.Start(state.Path).AwaitTicket();
        third.AwaitAsleep();
        Assert.IsFalse(third.HasTurn, "two hold");
        holder.Release();
        third.AwaitTurn().Release();
        second.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void One_granted_after_the_mutex_was_deleted_is_missed_when_its_own_file_goes_too()
    {
        using var state = new StateDirectory();
        using TakerProcess first = TakerProcess.Start(state.Path).AwaitTurn();
        using TakerProcess holder = TakerProcess.Start(state.Path).AwaitTicket();
        holder.AwaitAsleep();
        File.Delete($"{state.Queue}/mutex");
        using TakerProcess third = TakerProcess.Start(state.Path).AwaitTicket();
        third.AwaitAsleep();
        first.Release();
        holder.AwaitTurn();
        File.Delete(state.Layout.TicketOf(holder.Lease));
        File.Delete(state.Layout.TicketOf(third.Lease));
        using TakerProcess fourth = TakerProcess.Start(state.Path).AwaitTicket();
        fourth.AwaitAsleep();
        Assert.IsFalse(fourth.HasTurn, "two hold");
        holder.Release();
        fourth.AwaitTurn().Release();
        third.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_ticket_that_goes_between_the_listing_of_the_queue_and_its_opening_is_missed()
    {
        using var state = new StateDirectory();
        using TakerProcess holder = TakerProcess.Start(state.Path).AwaitTurn();

        // The queue is listed before the own ticket is made, and those before it are opened after that.
        using TakerProcess second = TakerProcess.Start(state.Path, "--stop-before create");
        second.AwaitStopped();
        File.Delete(state.Layout.TicketOf(holder.Lease));
        second.Signal(Native.SIGCONT);
        second.AwaitTicket().AwaitAsleep();
        Assert.IsFalse(second.HasTurn, "two hold");
        holder.Release();
        second.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void One_who_lost_its_place_before_its_grant_leaves_the_name_of_the_holder_in_the_mutex()
    {
        using var state = new StateDirectory();
        using TakerProcess first = TakerProcess.Start(state.Path, "--stop-before-grant yes").AwaitTicket();
        first.AwaitStopped();
        File.Delete(state.Layout.TicketOf(first.Lease));
        using TakerProcess holder = TakerProcess.Start(state.Path).AwaitTurn();
        LeaseId lost = first.Lease;
        first.Signal(Native.SIGCONT);
        first.AwaitWord("displaced");

        // It may wait for the mutex in between.
        Condition.Await(() => first.Lease != lost, () => $"another ticket; it said: {first.Said}");
        first.AwaitAsleep();

        // Now only the mutex knows that somebody holds.
        File.Delete(state.Layout.TicketOf(holder.Lease));
        File.Delete(state.Layout.TicketOf(first.Lease));
        using TakerProcess third = TakerProcess.Start(state.Path).AwaitTicket();
        third.AwaitAsleep();
        Assert.IsFalse(third.HasTurn, "two hold");
        holder.Release();
        third.AwaitTurn().Release();
        first.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_holder_whose_ticket_was_deleted_still_holds_and_its_death_is_noticed()
    {
        using var state = new StateDirectory();
        string log = Path.Combine(state.Path, "log");
        using TakerProcess holder = TakerProcess.Start(state.Path).AwaitTurn();
        File.Delete(state.Layout.TicketOf(holder.Lease));
        using TakerProcess second = TakerProcess.Start(state.Path, $"--log {log}").AwaitTicket();
        second.AwaitAsleep();
        Assert.IsFalse(second.HasTurn);
        holder.Kill();
        second.AwaitTurn();
        Assert.Contains($"end {second.Pid} {holder.Lease}", File.ReadAllLines(log), "what the dead holder left was not ended");
        second.Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_waiter_behind_a_deleted_ticket_ends_what_its_dead_holder_left()
    {
        using var state = new StateDirectory();
        string log = Path.Combine(state.Path, "log");
        using TakerProcess holder = TakerProcess.Start(state.Path).AwaitTurn();
        using TakerProcess second = TakerProcess.Start(state.Path, $"--log {log}").AwaitTicket();
        second.AwaitAsleep();
        File.Delete(state.Layout.TicketOf(holder.Lease));
        File.Delete(Path.Combine(state.Queue, "mutex"));
        holder.Kill();
        second.AwaitTurn();
        Assert.Contains($"end {second.Pid} {holder.Lease}", File.ReadAllLines(log));
        second.Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void Both_holder_and_ticket_gone_what_it_left_is_still_ended()
    {
        using var state = new StateDirectory();
        string log = Path.Combine(state.Path, "log");
        using TakerProcess holder = TakerProcess.Start(state.Path).AwaitTurn();
        using TakerProcess child = TakerProcess.Start(state.Path, lease: holder.Lease.Value).AwaitTurn();
        File.Delete(state.Layout.TicketOf(holder.Lease));
        child.Kill();
        holder.Kill();
        using TakerProcess second = TakerProcess.Start(state.Path, $"--log {log}").AwaitTurn();
        string[] lines = File.ReadAllLines(log);
        Assert.Contains($"end {second.Pid} {child.Lease}", lines);
        Assert.Contains($"end {second.Pid} {holder.Lease}", lines);
        second.Release();
        using TakerProcess third = TakerProcess.Start(state.Path, $"--log {log}").AwaitTurn();
        Assert.DoesNotContain(l => l.StartsWith($"end {third.Pid} ", StringComparison.Ordinal), File.ReadAllLines(log), "ended twice");
        third.Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Who_stands_in_a_lease_whose_directory_was_deleted_does_not_wait_for_it(bool variable)
    {
        using var state = new StateDirectory();
        using TakerProcess outer = TakerProcess.Start(state.Path, variable ? "" : $"--then {Path.Combine(state.Path, "go")}").AwaitTurn();
        Directory.Delete(state.Layout.Locks, recursive: true);
        using TakerProcess stranger = TakerProcess.Start(state.Path).AwaitTicket();
        stranger.AwaitAsleep();
        if (variable)
        {
            using TakerProcess inner = TakerProcess.Start(state.Path, lease: outer.Lease.Value).AwaitTurn();
            Assert.AreEqual(outer.Lease, inner.Lease.Parent);
            inner.Release();
        }
        else
        {
            // A child of the holder, without the variable.
            File.WriteAllText(Path.Combine(state.Path, "go"), "");
            Condition.Await(() => outer.Said.Contains($"turn {outer.Lease}/", StringComparison.Ordinal), () => $"the child's turn; it said: {outer.Said}");
        }

        Assert.IsFalse(stranger.HasTurn);
        outer.Release();
        stranger.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_ticket_deleted_at_the_head_of_the_queue_is_not_granted()
    {
        using var state = new StateDirectory();
        using TakerProcess first = TakerProcess.Start(state.Path, "--stop-before-grant yes").AwaitTicket();
        first.AwaitStopped();
        File.Delete(state.Layout.TicketOf(first.Lease));
        using TakerProcess second = TakerProcess.Start(state.Path).AwaitTurn();
        first.Signal(Native.SIGCONT);
        first.AwaitWord("displaced");
        first.AwaitAsleep();
        Assert.IsFalse(first.HasTurn);
        second.Release();
        first.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_queue_reached_through_a_link_is_found_deleted_too()
    {
        using var state = new StateDirectory();
        string real = Directory.CreateDirectory(Path.Combine(state.Path, "real")).FullName;
        string link = Path.Combine(state.Path, "link");
        Directory.CreateSymbolicLink(link, real);
        string path = Path.Combine(link, "state");
        using TakerProcess holder = TakerProcess.Start(path).AwaitTurn();
        Directory.Delete(Path.Combine(path, "locks"), recursive: true);
        using TakerProcess second = TakerProcess.Start(path).AwaitTicket();
        second.AwaitAsleep();
        Assert.IsFalse(second.HasTurn);
        holder.Release();
        second.AwaitTurn().Release();
    }
}
