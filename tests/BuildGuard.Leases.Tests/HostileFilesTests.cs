using static BuildGuard.Leases.Tests.SharedQueue;

namespace BuildGuard.Leases.Tests;

/// <summary>What anybody may put into the directory that users share.</summary>
[TestClass]
public sealed class HostileFilesTests
{
    /// <summary>A directory that all may write to holds what anybody likes; `stop` would end the process that is named.</summary>
    [TestMethod]
    [DataRow("65534", "644", false)]
    [DataRow("0", "644", true)]
    [DataRow("0", "666", false)]
    public void A_ticket_speaks_for_no_process_of_another_user(string owner, string mode, bool isBelieved)
    {
        RequireRoot();
        using var state = new StateDirectory();
        string shared = MakeShared(state);
        var layout = new StateLayout(state.Path, shared + "/machine");
        var files = new Platform.Unix.UnixStateFiles();
        var processes = new Taker.ProcTable();
        using var world = new Simulation.World();
        var tree = new LeaseTree(files, processes, world.Create(), layout);
        var record = new LeaseRecord { Kind = LeaseKind.Operation, Holder = processes.Self, Label = "x", User = "tester", EnqueuedAt = DateTimeOffset.UnixEpoch };
        using Ticket ticket = tree.Enter(LockName.Machine, null, record, slots: 1);
        Assert.IsTrue(ticket.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
        Shell.Run("chown", owner, layout.TicketOf(ticket.Lease));
        Shell.Run("chmod", mode, layout.TicketOf(ticket.Lease));

        using (TicketFile read = TicketFile.Open(files, layout.TicketOf(ticket.Lease))!)
        {
            Assert.AreEqual(isBelieved ? record.Holder : null, read.Read()?.Record.Holder);
            Assert.IsTrue(read.IsHeld(), "it keeps its place all the same");
        }

        tree.Release(ticket);
    }

    [TestMethod]
    [DataRow("garbage")]
    [DataRow("")]
    public void A_damaged_ticket_of_another_user_does_not_stop_the_queue(string content)
    {
        using SharedUsers users = SharedUsers.Make("/tmp");
        using (TakerProcess first = TakerProcess.Start(users.One, users.Options, under: AsOther).AwaitTurn())
        {
            first.Release();
        }

        string damaged = users.Queue + "/1-00000001";
        File.WriteAllText(damaged, content);
        Shell.Run("chown", "65534", damaged);
        using TakerProcess another = TakerProcess.Start(users.Two, users.Options, under: AsThird).AwaitTurn();
        another.Release();
        Assert.AreEqual(content, File.ReadAllText(damaged), "it is not that user's to move");
        using TakerProcess owner = TakerProcess.Start(users.One, users.Options, under: AsOther).AwaitTurn();
        owner.Release();
        Assert.AreEqual("mutex", users.InQueue());
    }

    [TestMethod]
    public void What_is_damaged_stays_beside_the_queue_when_the_state_directory_is_on_another_file_system()
    {
        using SharedUsers users = SharedUsers.Make("/dev/shm");
        using (TakerProcess first = TakerProcess.Start(users.One, users.Options, under: AsOther).AwaitTurn())
        {
            first.Release();
        }

        string damaged = users.Queue + "/1-00000001";
        File.WriteAllText(damaged, "garbage");
        Shell.Run("chown", "65534", damaged);
        Assert.IsFalse(Shell.TryRun("ln", damaged, users.One + "/linked"), "it takes two file systems");
        using TakerProcess owner = TakerProcess.Start(users.One, users.Options, under: AsOther).AwaitTurn();
        owner.Release();
        Assert.AreEqual("1-00000001.damaged mutex", users.InQueue());
        Assert.AreEqual("garbage", File.ReadAllText(damaged + ".damaged"));
        using TakerProcess next = TakerProcess.Start(users.Two, users.Options, under: AsThird).AwaitTurn();
        next.Release();
        Assert.AreEqual("1-00000001.damaged mutex", users.InQueue());
    }

    /// <summary>
    /// In the place of the queue inside a lease: whatever is there would be ended with the lease, or hold it up.
    /// </summary>
    [TestMethod]
    [DataRow("ln -s {victim} {queue}")]
    [DataRow("mkdir {queue}; echo junk > {queue}/1-00000001; chown -R 65534 {queue}")]
    [DataRow("mkdir -m 777 {queue}")]
    public void What_another_puts_beside_a_lease_is_not_inside_it(string script)
    {
        RequireRoot();
        using var state = new StateDirectory();
        string shared = MakeShared(state);
        using var world = new Simulation.World();
        Simulation.SimulatedProcess self = world.Create(), victim = world.Create();
        var layout = new StateLayout(state.Path, shared + "/machine");
        var files = new Platform.Unix.UnixStateFiles();
        var record = new LeaseRecord { Kind = LeaseKind.Operation, Holder = victim.Self, Label = "x", User = "tester", EnqueuedAt = DateTimeOffset.UnixEpoch };
        var victims = new LeaseTree(files, victim, victim, layout);
        using Ticket running = victims.Enter(LockName.User, null, record, slots: 1);
        Assert.IsTrue(running.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));

        var tree = new LeaseTree(files, self, self, layout);
        using Ticket ticket = tree.Enter(LockName.Machine, null, record with { Holder = self.Self }, slots: 1);
        Assert.IsTrue(ticket.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
        string queue = layout.NodeOf(ticket.Lease);
        Shell.Run("sh", "-c", script.Replace("{queue}", queue, StringComparison.Ordinal).Replace("{victim}", layout.NodeOf(LockName.User), StringComparison.Ordinal));

        Assert.HasCount(1, new TreeReader(files, layout, self).Look(LockName.Machine).Leases);
        using (Ticket inside = tree.Enter(LockName.Machine, ticket.Lease.Value, record with { Holder = self.Self }, slots: 1))
        {
            Assert.AreEqual(LockName.User, inside.Lease.Lock);
            inside.Leave();
        }

        tree.Release(ticket);
        Assert.IsTrue(running.IsInPlace, "another lease was ended with it");
        Assert.IsTrue(File.Exists(layout.MutexOf(LockName.User)));
        Assert.IsEmpty(world.Ended);
        victims.Release(running);
    }

    /// <summary>Whoever looks for the lease that he stands in looks through every lock, also those that he does not use.</summary>
    [TestMethod]
    [DataRow("touch {queue}/1-00000000; chmod 0 {queue}/1-00000000; chown 65533 {queue}/1-00000000", "a file that nobody else may read")]
    [DataRow("ln {queue}/mutex {queue}/1-00000000", "a second name of the mutex")]
    [DataRow("mkdir {queue}/1-00000000.d; touch {queue}/1-00000000.d/junk; chown -R 65533 {queue}/1-00000000.d", "a queue without a ticket")]
    public void One_file_of_another_user_stops_nobody(string script, string what)
    {
        using SharedUsers users = SharedUsers.Make("/tmp");
        using (TakerProcess first = TakerProcess.Start(users.One, users.Options, under: AsOther).AwaitTurn())
        {
            first.Release();
        }

        for (int time = 0; time < 2; time++)
        {
            Shell.Run("sh", "-c", "umask 0; " + script.Replace("{queue}", users.Queue, StringComparison.Ordinal));
            using TakerProcess machine = TakerProcess.Start(users.One, users.Options, under: AsOther).AwaitTurn();
            machine.Release();
            using TakerProcess own = TakerProcess.Start(users.One, $"--machine {users.Queue}", under: AsOther).AwaitTurn();
            own.Release();
            using TakerProcess root = TakerProcess.Start(users.Roots, users.Options).AwaitTurn();
            root.Release();
            Shell.Run("sh", "-c", $"rm -rf {users.Queue}/1-00000000*");
        }

        Assert.AreEqual("mutex", users.InQueue(), what);
    }
}
