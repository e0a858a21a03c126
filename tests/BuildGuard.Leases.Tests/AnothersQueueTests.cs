using System.Diagnostics;
using BuildGuard.Leases.Taker;
using BuildGuard.Leases.Tests.Simulation;
using BuildGuard.Platform.Unix;
using static BuildGuard.Leases.Tests.SharedQueue;

namespace BuildGuard.Leases.Tests;

/// <summary>The queue inside another user's lease, in which that user may do as he likes while one looks.</summary>
[TestClass]
public sealed class AnothersQueueTests
{
    [TestMethod]
    [DataRow(true, DisplayName = "by the next")]
    [DataRow(false, DisplayName = "by reap")]
    public void A_link_put_in_its_place_while_the_dead_lease_is_ended_leads_nowhere(bool byNext)
    {
        using var stage = new Stage();
        LeaseId dead = stage.Theirs(isAlive: false);
        SimulatedProcess self = stage.World.Create();
        SteppedFiles files = stage.Swapping(dead);
        if (byNext)
        {
            var tree = new LeaseTree(files, self, self, stage.Layout);
            using Ticket next = tree.Enter(LockName.Machine, null, stage.RecordOf(self), slots: 1);
            Assert.AreEqual(Turn.Come, tree.Wait(next));
            next.Leave();
        }
        else
        {
            new Reaper(files, self, stage.Layout).Reap(static _ => { });
        }

        Assert.AreEqual(dead, stage.World.Ended.Single());
        stage.AssertVictimLives();
        Assert.AreEqual("mutex", stage.InQueue());
    }

    [TestMethod]
    public void A_link_put_in_its_place_while_it_is_viewed_shows_nothing_else()
    {
        using var stage = new Stage();
        LeaseId theirs = stage.Theirs(isAlive: true);
        TreeSnapshot seen = new TreeReader(stage.Swapping(theirs), stage.Layout, stage.World.Create()).Look(LockName.Machine);
        Assert.AreEqual(theirs, seen.Leases.Single().Id);
        Assert.IsTrue(stage.WasSwapped, "nobody looked there");
        stage.AssertVictimLives();
    }

    [TestMethod]
    public void A_link_in_it_leads_nowhere_when_it_is_removed()
    {
        using var stage = new Stage();
        LeaseId dead = stage.Theirs(isAlive: false);
        string inside = stage.Layout.NodeOf(dead);
        Directory.CreateDirectory(inside + "/1-00000002.d");
        File.WriteAllText(inside + "/1-00000002.d/mutex", "");
        Directory.CreateSymbolicLink(inside + "/1-00000003.d", stage.Layout.NodeOf(LockName.User));
        SimulatedProcess self = stage.World.Create();
        new Reaper(new UnixStateFiles(), self, stage.Layout).Reap(static _ => { });
        stage.AssertVictimLives();
        Assert.AreEqual("mutex", stage.InQueue());
    }

    /// <summary>Who waited for it to come free would wait for ever.</summary>
    [TestMethod]
    public void A_file_that_is_held_in_it_holds_up_nobody()
    {
        using SharedUsers users = SharedUsers.Make("/tmp");
        using TakerProcess holder = TakerProcess.Start(users.One, users.Options, under: AsOther).AwaitTurn();
        string file = $"{users.Queue}/{holder.Lease.Ticket.ToString()}.d/1-00000001";
        var start = new ProcessStartInfo("setpriv", [.. AsOther.Split(' ')[1..], "sh", "-c", $"umask 022; mkdir {Path.GetDirectoryName(file)} && exec flock {file} sh -c 'echo held; read end'"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process inside = Process.Start(start)!;
        Assert.AreEqual("held", inside.StandardOutput.ReadLine());
        holder.Kill();
        foreach ((string state, string under) in ((string, string)[])[(users.Two, AsThird), (users.Roots, "")])
        {
            using TakerProcess next = TakerProcess.Start(state, users.Options, under: under).AwaitTurn();
            next.Release();
        }

        inside.StandardInput.Close();
        inside.WaitForExit();
        Assert.AreEqual("mutex", users.InQueue());
    }

    /// <summary>The lease of another user with a queue inside, and one of this user's own under another lock, on which a link is set.</summary>
    private sealed class Stage : IDisposable
    {
        private readonly StateDirectory _state = new();
        private readonly SimulatedProcess _victim;
        private readonly LeaseTree _victims;
        private readonly Ticket _running;
        private Ticket? _theirs;

        public Stage()
        {
            RequireRoot();
            Layout = new StateLayout(_state.Path, MakeShared(_state) + "/machine");
            _victim = World.Create();
            _victims = new LeaseTree(new UnixStateFiles(), _victim, _victim, Layout);
            _running = _victims.Enter(LockName.User, null, RecordOf(_victim), slots: 1);
            Assert.IsTrue(_running.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
        }

        public World World { get; } = new();

        public StateLayout Layout { get; }

        public bool WasSwapped { get; private set; }

        public LeaseId Theirs(bool isAlive)
        {
            SimulatedProcess holder = World.Create();
            var tree = new LeaseTree(new UnixStateFiles(), holder, holder, Layout);
            _theirs = tree.Enter(LockName.Machine, null, RecordOf(holder), slots: 1);
            tree.MakeQueue(_theirs.Lease);
            Assert.IsTrue(_theirs.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
            LeaseId lease = _theirs.Lease;
            File.WriteAllText(Layout.NodeOf(lease) + "/1-00000001", "garbage");
            Shell.Run("chown", "-R", "65534", Layout.TicketOf(lease), Layout.NodeOf(lease));
            if (!isAlive)
            {
                _theirs.Dispose();
            }

            return lease;
        }

        /// <summary>Files whose user is overtaken: whoever lists that queue finds a link to another one in its place.</summary>
        public SteppedFiles Swapping(LeaseId lease) => new SteppedFiles(new UnixStateFiles(), new HookedSteps((step, path) =>
        {
            if (step == "list" && path == Layout.NodeOf(lease) && !WasSwapped)
            {
                WasSwapped = true;
                Directory.Move(path, _state.Path + "/elsewhere");
                Directory.CreateSymbolicLink(path, Layout.NodeOf(LockName.User));
            }
        }));

        public LeaseRecord RecordOf(SimulatedProcess process) =>
            new() { Kind = LeaseKind.Operation, Holder = process.Self, Label = "x", User = "tester", EnqueuedAt = DateTimeOffset.UnixEpoch };

        public string InQueue() => string.Join(' ', Directory.EnumerateFileSystemEntries(Layout.NodeOf(LockName.Machine)).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        public void AssertVictimLives()
        {
            Assert.IsFalse(_victim.IsDead, "the holder of another lease was killed");
            Assert.IsTrue(_running.IsInPlace, "the ticket of another lease was removed");
            Assert.IsTrue(File.Exists(Layout.MutexOf(LockName.User)));
        }

        public void Dispose()
        {
            _theirs?.Dispose();
            _victims.Release(_running);
            World.Dispose();
            _state.Dispose();
        }
    }
}
