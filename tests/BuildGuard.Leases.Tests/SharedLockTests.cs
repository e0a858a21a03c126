using static BuildGuard.Leases.Tests.SharedQueue;

namespace BuildGuard.Leases.Tests;

/// <summary>The machine's lock, which several users share.</summary>
[TestClass]
public sealed class SharedLockTests
{
    [TestMethod]
    [DataRow(LeaseKind.Session)]
    [DataRow(LeaseKind.Operation)]
    public void Other_users_never_read_a_command_line(LeaseKind kind)
    {
        using var state = new StateDirectory();
        string shared = MakeShared(state);
        using var world = new Simulation.World();
        Simulation.SimulatedProcess self = world.Create();
        var layout = new StateLayout(state.Path, shared + "/machine");
        var tree = new LeaseTree(new Platform.Unix.UnixStateFiles(), self, self, layout);
        var record = new LeaseRecord
        {
            Kind = kind,
            Holder = self.Self,
            Label = kind == LeaseKind.Session ? "dotnet build -p:Key=secret" : "nightly",
            Command = "curl -u secret",
            WorkingDirectory = "/home/secret",
            User = "tester",
            EnqueuedAt = DateTimeOffset.UnixEpoch,
        };

        using Ticket ticket = tree.Enter(LockName.Machine, null, record, slots: 1);

        // Not by a FileStream, which would ask for the lock.
        using LockFile file = new Platform.Unix.UnixStateFiles().Open(layout.TicketOf(ticket.Lease), write: false)!;
        byte[] bytes = new byte[4096];
        string text = System.Text.Encoding.UTF8.GetString(bytes, 0, file.Read(bytes, 0));
        Assert.DoesNotContain("secret", text);
        StringAssert.Contains(text, kind == LeaseKind.Session ? "\"label\":\"build\"" : "\"label\":\"nightly\"");
        Assert.IsTrue((File.GetUnixFileMode(layout.TicketOf(ticket.Lease)) & UnixFileMode.OtherRead) != 0, "nobody else could have read it");
        ticket.Leave();
    }

    /// <summary>Its name is there for all to read, in the viewers and in the directory.</summary>
    [TestMethod]
    [DataRow(null, true)]
    [DataRow("65534", false)]
    public void The_name_of_anothers_lease_is_no_way_past_the_queue(string? owner, bool isInside)
    {
        RequireRoot();
        using var state = new StateDirectory();
        string shared = MakeShared(state);
        using var world = new Simulation.World();
        Simulation.SimulatedProcess self = world.Create();
        var tree = new LeaseTree(new Platform.Unix.UnixStateFiles(), self, self, new StateLayout(state.Path, shared + "/machine"));
        var layout = new StateLayout(state.Path, shared + "/machine");
        var record = new LeaseRecord { Kind = LeaseKind.Operation, Holder = self.Self, Label = "x", User = "tester", EnqueuedAt = DateTimeOffset.UnixEpoch };
        using Ticket theirs = tree.Enter(LockName.Machine, null, record, slots: 1);
        Assert.IsTrue(theirs.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
        Give(layout.TicketOf(theirs.Lease), owner);

        Assert.AreEqual(isInside ? theirs.Lease : null, tree.Innermost(theirs.Lease.Value));
        tree.Release(theirs);
    }

    /// <summary>The queue inside a lease is closed to others, and the machine's turn is theirs already.</summary>
    [TestMethod]
    [DataRow(null, LockName.Machine)]
    [DataRow("65534", LockName.User)]
    public void What_one_does_inside_anothers_lease_queues_among_what_is_his_own(string? owner, string lockName)
    {
        RequireRoot();
        using var state = new StateDirectory();
        string shared = MakeShared(state);
        using var world = new Simulation.World();
        Simulation.SimulatedProcess outer = world.Create();
        Simulation.SimulatedProcess inner = world.Create(outer.Pid);
        var layout = new StateLayout(state.Path, shared + "/machine");
        var files = new Platform.Unix.UnixStateFiles();
        var record = new LeaseRecord { Kind = LeaseKind.Operation, Holder = outer.Self, Label = "x", User = "tester", EnqueuedAt = DateTimeOffset.UnixEpoch };
        var tree = new LeaseTree(files, outer, outer, layout);
        using Ticket around = tree.Enter(LockName.Machine, null, record, slots: 1);
        Assert.IsTrue(around.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
        Give(layout.TicketOf(around.Lease), owner);

        var innerTree = new LeaseTree(files, inner, inner, layout);
        using Ticket inside = innerTree.Enter(LockName.Machine, null, record with { Holder = inner.Self }, slots: 1);
        Assert.AreEqual(lockName, inside.Lease.Lock);
        Assert.AreEqual(lockName == LockName.Machine ? around.Lease : null, inside.Lease.Parent);
        Assert.IsFalse(inside.MustWait, "it would wait for itself");
        inside.Leave();
        tree.Release(around);
    }

    [TestMethod]
    public void Users_exclude_each_other_and_the_dead_of_one_do_not_stop_another()
    {
        if (!Shell.TryRun("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "dotnet", "--list-runtimes"))
        {
            Assert.Inconclusive("cannot run .NET as another user here (it takes root)");
        }

        using var state = new StateDirectory();
        Shell.Run("chmod", "711", state.Path);
        string one = Own(state, "one", "65534"), two = Own(state, "two", "65533"), shared = state.Path + "/shared";
        Directory.CreateDirectory(shared);
        Shell.Run("chmod", "1777", shared);
        string options = $"--machine {shared}/machine --lock machine";
        using TakerProcess first = TakerProcess.Start(one, options, under: AsOther).AwaitTurn();
        using TakerProcess second = TakerProcess.Start(two, options, under: AsThird).AwaitTicket();
        second.AwaitAsleep();
        using TakerProcess third = TakerProcess.Start(one, options, under: AsOther).AwaitTicket();
        third.AwaitAsleep();
        first.Kill();
        second.AwaitTurn();
        third.AwaitAsleep();
        Assert.IsFalse(third.HasTurn);
        second.Release();
        third.AwaitTurn().Release();

        // Another user's dead waiter and dead holder cannot be removed; they must not be in the way.
        using TakerProcess dead = TakerProcess.Start(one, options, under: AsOther).AwaitTurn();
        dead.Kill();
        using TakerProcess fourth = TakerProcess.Start(two, options, under: AsThird).AwaitTurn();
        fourth.Release();
        using TakerProcess fifth = TakerProcess.Start(one, options, under: AsOther).AwaitTurn();
        fifth.Release();
        Assert.AreEqual("mutex", string.Join(' ', Directory.EnumerateFileSystemEntries(shared + "/machine").Select(Path.GetFileName)));
    }

    [TestMethod]
    public void A_dead_lease_of_another_user_with_a_queue_inside_does_not_stop_the_queue()
    {
        using SharedUsers users = SharedUsers.Make("/tmp");
        using TakerProcess holder = TakerProcess.Start(users.One, users.Options, under: AsOther).AwaitTurn();
        using TakerProcess inside = TakerProcess.Start(users.One, users.Options, holder.Lease.Value, AsOther).AwaitTurn();
        inside.Kill();
        holder.Kill();
        using TakerProcess another = TakerProcess.Start(users.Two, users.Options, under: AsThird).AwaitTurn();
        another.Release();
        using TakerProcess owner = TakerProcess.Start(users.One, users.Options, under: AsOther).AwaitTurn();
        owner.Release();
        Assert.AreEqual("mutex", users.InQueue());
    }

    /// <summary>The build's id is on its command line, for all to read.</summary>
    [TestMethod]
    public void A_session_of_another_user_is_not_joined()
    {
        RequireRoot();
        using var state = new StateDirectory();
        string shared = MakeShared(state);
        using var world = new Simulation.World();
        Simulation.SimulatedProcess self = world.Create();
        var layout = new StateLayout(state.Path, shared + "/machine");
        var tree = new LeaseTree(new Platform.Unix.UnixStateFiles(), self, self, layout);
        var record = new LeaseRecord { Kind = LeaseKind.Session, Build = "abc", Holder = self.Self, Label = "x", User = "tester", EnqueuedAt = DateTimeOffset.UnixEpoch };
        using Ticket ticket = tree.Enter(LockName.Machine, null, record, slots: 1);
        Assert.IsTrue(ticket.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
        Assert.AreEqual(ticket.Lease, tree.FindSession("abc")?.Lease);
        Give(layout.TicketOf(ticket.Lease), "65534");
        Assert.IsNull(tree.FindSession("abc"));
        tree.Release(ticket);
    }
}
