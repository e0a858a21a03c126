using System.Runtime.InteropServices;
using BuildGuard.Leases.Taker;
using BuildGuard.Leases.Tests.Simulation;
using BuildGuard.Platform.Unix;
using static BuildGuard.Leases.Tests.SharedQueue;

namespace BuildGuard.Leases.Tests;

/// <summary>Locks that anybody may take on files in the directory that users share, and moments in which one writes over another.</summary>
[TestClass]
public sealed class HostileLocksTests
{
    /// <summary>Who could open it before could lock it, and whoever makes it waits for its lock with the mutex.</summary>
    [TestMethod]
    public void A_ticket_and_its_signal_are_closed_to_others_until_they_are_locked()
    {
        using var stage = new Stage();
        List<string> locked = [];
        var files = new SteppedFiles(new UnixStateFiles(), new HookedSteps((step, path) =>
        {
            if (step == "lockExclusive" && !path.EndsWith("/mutex", StringComparison.Ordinal))
            {
                Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path), path);
                locked.Add(path);
            }
        }));
        (LeaseTree tree, LeaseRecord record) = stage.Tree(files);
        using Ticket ticket = tree.Enter(LockName.Machine, null, record, slots: 2);
        Assert.HasCount(2, locked);
        Assert.IsTrue(locked.TrueForAll(path => File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead)), "nobody else could wait for it");
        ticket.Leave();
    }

    [TestMethod]
    public void A_signal_that_somebody_else_has_put_there_and_holds_is_not_waited_for()
    {
        using var stage = new Stage();
        LockFile? theirs = null;
        var files = new SteppedFiles(new UnixStateFiles(), new HookedSteps((step, path) =>
        {
            if (path.EndsWith(".turn", StringComparison.Ordinal) && theirs is null)
            {
                theirs = new UnixStateFiles().OpenOrCreate(path, shared: true);
                theirs!.LockExclusive();
            }
        }));
        (LeaseTree tree, LeaseRecord record) = stage.Tree(files);
        using var entered = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            using Ticket ticket = tree.Enter(LockName.Machine, null, record, slots: 2);
            entered.Set();
            ticket.Leave();
        }) { IsBackground = true };
        thread.Start();
        Assert.IsTrue(entered.Wait(TimeSpan.FromSeconds(20)), "it waits for somebody else's lock, with the mutex");
        thread.Join();
        theirs!.Dispose();
    }

    /// <summary>One that asks for one slot makes no signal, so its place is free.</summary>
    [TestMethod]
    public void A_signal_that_nobody_holds_keeps_nobody_busy()
    {
        using SharedUsers users = SharedUsers.Make("/tmp");
        using TakerProcess holder = TakerProcess.Start(users.One, users.Options, under: AsOther).AwaitTurn();
        using TakerProcess waiter = TakerProcess.Start(users.One, users.Options, under: AsOther).AwaitTicket();
        waiter.AwaitAsleep();
        string signal = $"{users.Queue}/{waiter.Lease.Ticket.ToString()}.turn";
        Shell.Run("sh", "-c", $"umask 022; : > {signal}; chown 65533 {signal}");
        using TakerProcess next = TakerProcess.Start(users.Two, users.Options + " --slots 2", under: AsThird).AwaitTicket();
        next.AwaitAsleep();
        holder.Release();
        waiter.AwaitTurn().Release();
        next.AwaitTurn().Release();
    }

    /// <summary>A write lease (fcntl(2)) makes every attempt to open the file fail for the time being.</summary>
    [TestMethod]
    public void A_file_that_cannot_be_opened_just_now_stops_nobody()
    {
        using var stage = new Stage();
        (LeaseTree tree, LeaseRecord record) = stage.Tree(new UnixStateFiles());
        using (Ticket first = tree.Enter(LockName.Machine, null, record, slots: 1))
        {
            first.Leave();
        }

        string file = stage.Layout.NodeOf(LockName.Machine) + "/1-00000000";
        File.WriteAllText(file, "");
        Shell.Run("chown", "65534", file);
        const int SetSignal = 10, SetLease = 1024, WriteLease = 1, UrgentSignal = 23;
        using var handle = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        int fd = (int)handle.SafeFileHandle.DangerousGetHandle();
        Assert.AreEqual(0, Fcntl(fd, SetSignal, UrgentSignal));
        if (Fcntl(fd, SetLease, WriteLease) != 0)
        {
            Assert.Inconclusive("this file system has no leases");
        }

        using Ticket next = tree.Enter(LockName.Machine, null, record, slots: 1);
        Assert.IsFalse(next.MustWait);
        Assert.IsEmpty(new TreeReader(new UnixStateFiles(), stage.Layout, stage.Process).Look(LockName.Machine).Leases);
        next.Leave();
    }

    /// <summary>Whoever found the lease dead before the one who reaps took it over ends it too, and is granted while that one forgets it.</summary>
    [TestMethod]
    public void The_name_of_a_new_holder_is_not_forgotten_with_that_of_the_dead()
    {
        using var world = new World();
        StateLayout layout = world.State.Layout;
        SimulatedProcess holder = world.Create().Start().AwaitTurn();
        holder.Kill();
        SimulatedProcess self = world.Create();
        var tree = new LeaseTree(new UnixStateFiles(), self, self, layout);
        LeaseRecord record = RecordOf(self);
        using Ticket next = tree.Enter(LockName.User, null, record, slots: 1);
        bool granted = false;
        var files = new SteppedFiles(new UnixStateFiles(), new HookedSteps((step, path) =>
        {
            if (step == "write" && path == layout.MutexOf(LockName.User) && !granted)
            {
                granted = true;
                Assert.AreEqual(Turn.Come, tree.Wait(next));
                Assert.IsTrue(next.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
            }
        }));
        new Reaper(files, world.Create(), layout).Reap(static _ => { });
        Assert.IsTrue(granted, "the one who reaps wrote nothing");

        // By it he is missed when his file is deleted; without it two would run at once.
        StringAssert.Contains(File.ReadAllText(layout.MutexOf(LockName.User)), next.Lease.Ticket.ToString());
        tree.Release(next);
    }

    [TestMethod]
    [DataRow("0", true)]
    [DataRow("65534", false)]
    public void Only_who_may_end_a_lease_says_that_it_is_stopped(string owner, bool isBelieved)
    {
        using var stage = new Stage();
        (LeaseTree tree, LeaseRecord record) = stage.Tree(new UnixStateFiles());
        using Ticket ticket = tree.Enter(LockName.Machine, null, record, slots: 1);
        Assert.IsFalse(tree.IsToStop(ticket.Lease));
        string mark = stage.Layout.StopOf(ticket.Lease);
        File.WriteAllText(mark, "0");
        Shell.Run("chown", owner, mark);
        Assert.AreEqual(isBelieved, tree.IsToStop(ticket.Lease));
        ticket.Leave();
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int Fcntl(int fd, int command, int argument);

    private static LeaseRecord RecordOf(SimulatedProcess process) =>
        new() { Kind = LeaseKind.Operation, Holder = process.Self, Label = "x", User = "tester", EnqueuedAt = DateTimeOffset.UnixEpoch };

    private sealed class Stage : IDisposable
    {
        private readonly StateDirectory _state = new();
        private readonly World _world = new();

        public Stage()
        {
            RequireRoot();
            Layout = new StateLayout(_state.Path, MakeShared(_state) + "/machine");
            Process = _world.Create();
        }

        public StateLayout Layout { get; }

        public SimulatedProcess Process { get; }

        public (LeaseTree Tree, LeaseRecord Record) Tree(IStateFiles files) => (new LeaseTree(files, Process, Process, Layout), RecordOf(Process));

        public void Dispose()
        {
            _world.Dispose();
            _state.Dispose();
        }
    }
}
