namespace BuildGuard.Leases.Tests;

/// <summary>The machine's lock, which several users share.</summary>
[TestClass]
public sealed class SharedLockTests
{
    private const string AsOther = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    private const string AsThird = "setpriv --reuid=65533 --regid=65533 --clear-groups";

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
    [DataRow("garbage")]
    [DataRow("")]
    public void A_damaged_ticket_of_another_user_does_not_stop_the_queue(string content)
    {
        using Users users = Users.Make("/tmp");
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
    public void A_dead_lease_of_another_user_with_a_queue_inside_does_not_stop_the_queue()
    {
        using Users users = Users.Make("/tmp");
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

    [TestMethod]
    public void What_is_damaged_stays_beside_the_queue_when_the_state_directory_is_on_another_file_system()
    {
        using Users users = Users.Make("/dev/shm");
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
        using Users users = Users.Make("/tmp");
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

    private static string MakeShared(StateDirectory state)
    {
        string shared = state.Path + "/shared";
        Directory.CreateDirectory(shared);
        Shell.Run("chmod", "1777", shared);
        return shared;
    }

    private static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Inconclusive("only root can make another user's file");
        }
    }

    private static void Give(string path, string? owner)
    {
        if (owner is not null)
        {
            Shell.Run("chown", owner, path);
        }
    }

    /// <summary>Two users, each with a state directory, and the directory that they share.</summary>
    private sealed class Users : IDisposable
    {
        private readonly StateDirectory _state = new();
        private readonly string _shared;

        private Users(string below)
        {
            Shell.Run("chmod", "711", _state.Path);
            One = Own(_state, "one", "65534");
            Two = Own(_state, "two", "65533");
            Roots = Own(_state, "roots", "0");
            _shared = $"{below}/buildguard-shared-{Guid.NewGuid():N}";
            Directory.CreateDirectory(_shared);
            Shell.Run("chmod", "1777", _shared);
        }

        public string One { get; }

        public string Two { get; }

        public string Roots { get; }

        public string Queue => _shared + "/machine";

        public string Options => $"--machine {Queue} --lock machine";

        public static Users Make(string below)
        {
            if (!Shell.TryRun("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "dotnet", "--list-runtimes"))
            {
                Assert.Inconclusive("cannot run .NET as another user here (it takes root)");
            }

            return new Users(below);
        }

        public string InQueue() => string.Join(' ', Directory.EnumerateFileSystemEntries(Queue).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        public void Dispose()
        {
            Directory.Delete(_shared, recursive: true);
            _state.Dispose();
        }
    }

    private static string Own(StateDirectory state, string name, string uid)
    {
        string path = Directory.CreateDirectory($"{state.Path}/{name}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        Shell.Run("chown", uid, path);
        return path;
    }
}
