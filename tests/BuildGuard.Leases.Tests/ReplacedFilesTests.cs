using System.Text.RegularExpressions;
using BuildGuard.Leases.Taker;
using BuildGuard.Leases.Tests.Simulation;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Leases.Tests;

/// <summary>
/// Somebody puts another file in the place of a ticket, or renames it, while it is in use: an editor, <c>sed -i</c>, a hand. The
/// scripts have the ticket as <c>$0</c>, a directory beside the state's as <c>$1</c>.
/// </summary>
[TestClass]
public sealed class ReplacedFilesTests
{
    /// <summary>Scripts after which a file stands in the ticket's place that its holder does not have.</summary>
    public static IEnumerable<object[]> Replacements { get; } = Rows(
        "sed -i s/a/a/ \"$0\"",
        "sed -i.bak s/a/a/ \"$0\"",
        "cp \"$0\" \"$1/copy\"; mv -f \"$1/copy\" \"$0\"",
        "cp \"$0\" \"$1/copy\"; rm \"$0\"; cp \"$1/copy\" \"$0\"",
        "mv \"$0\" \"$1/away\"; cp \"$1/away\" \"$0\"",
        "mv \"$0\" \"$0.orig\"; cp \"$0.orig\" \"$0\"",
        "echo garbage > \"$1/new\"; mv -f \"$1/new\" \"$0\"",
        ": > \"$1/new\"; mv -f \"$1/new\" \"$0\"",
        "printf 'BG1 W\\n{}\\n' > \"$1/new\"; mv -f \"$1/new\" \"$0\"",
        "rm \"$0\"; ln -s /dev/null \"$0\"",
        "mv \"$0\" \"$1/away\"; ln -s \"$1/away\" \"$0\"",
        "rm \"$0\"; ln -s nowhere \"$0\"",
        "rm \"$0\"; mkfifo \"$0\"",
        "mv \"$0\" \"$0.bak\"; mkfifo \"$0\"",
        "rm \"$0\"; mkdir \"$0\"",
        "mv \"$0\" \"$1/away\"; mkdir \"$0\"",
        "echo other > \"$1/other\"; ln -f \"$1/other\" \"$0\"",
        "ln \"$0\" \"$1/second\"; sed -i s/a/a/ \"$0\"",
        "d=${0%/*}; cp -a \"$d\" \"$d.new\"; mv \"$d\" \"$d.old\"; mv \"$d.new\" \"$d\"");

    /// <summary>Scripts after which nothing stands in its place.</summary>
    public static IEnumerable<object[]> Renamings { get; } = Rows(
        "mv \"$0\" \"$0.bak\"",
        "mv \"$0\" \"$1/away\"",
        "mv \"$0\" \"${0%/*}/9-00000009\"",
        "ln \"$0\" \"$1/second\"; rm \"$0\"",
        "d=${0%/*}; mv \"$d\" \"$d.old\"",
        "d=${0%/*}; mv \"$d\" \"$1/away\"",
        "d=${0%/*}/../..; mv \"$d/locks\" \"$d/locks.old\"");

    /// <summary>Scripts after which the holder's own file stands in its place.</summary>
    public static IEnumerable<object[]> Returns { get; } = Rows(
        "mv \"$0\" \"$1/away\"; mv \"$1/away\" \"$0\"",
        "ln \"$0\" \"$1/second\"; rm \"$0\"; mv \"$1/second\" \"$0\"",
        "ln \"$0\" \"$1/second\"",
        "d=${0%/*}; mv \"$d\" \"$d.old\"; mv \"$d.old\" \"$d\"",
        "d=${0%/*}; mv \"$d\" \"$1/away\"; mv \"$1/away\" \"$d\"");

    public static IEnumerable<object[]> All => [.. Replacements, .. Renamings, .. Returns];

    /// <summary>Not those after which the queue is another one.</summary>
    public static IEnumerable<object[]> ReplacementsAndRenamings => [.. Replacements, .. Renamings.Take(2), .. Renamings.Skip(3).Take(1)];

    /// <summary>One replacement of each kind.</summary>
    public static IEnumerable<object[]> SomeReplacements => Replacements.Where(row => row[0] is string script
        && (script.StartsWith("sed -i ", StringComparison.Ordinal) || script.StartsWith("rm \"$0\"; mk", StringComparison.Ordinal) || script.StartsWith("d=", StringComparison.Ordinal)));

    /// <summary>One script of each kind.</summary>
    public static IEnumerable<object[]> Some => [.. SomeReplacements, .. Renamings.Take(2), .. Returns.Take(3)];

    [TestMethod]
    [DynamicData(nameof(All))]
    public void A_holder_still_holds(string script)
    {
        using var stage = new Stage();
        using TakerProcess holder = stage.Start().AwaitTurn();
        stage.Do(script, holder.Lease);
        using TakerProcess second = stage.Start().AwaitTicket();
        second.AwaitAsleep();
        using TakerProcess third = stage.Start().AwaitTicket();
        third.AwaitAsleep();
        Assert.IsFalse(second.HasTurn || third.HasTurn, "somebody runs beside the holder");
        holder.Release();
        second.AwaitTurn();
        third.AwaitAsleep();
        Assert.IsFalse(third.HasTurn, "two hold");
        second.Release();
        third.AwaitTurn().Release();
        Assert.IsEmpty(stage.Ended);
        stage.Start().AwaitTurn().Release();
        Assert.IsEmpty(stage.Tickets(), "it holds up nobody, and does not stay");
    }

    /// <summary>The mutex names one holder only, so the one that is renamed and not replaced is that one.</summary>
    [TestMethod]
    [DynamicData(nameof(Some))]
    public void One_of_two_holders_still_holds(string script)
    {
        using var stage = new Stage();
        bool isReplaced = Replacements.Any(row => row[0].Equals(script));
        using TakerProcess one = stage.Start("--slots 2").AwaitTurn();
        using TakerProcess two = stage.Start("--slots 2").AwaitTurn();
        (TakerProcess replaced, TakerProcess other) = isReplaced ? (one, two) : (two, one);
        stage.Do(script, replaced.Lease);
        using TakerProcess third = stage.Start("--slots 2").AwaitTicket();
        third.AwaitAsleep();
        Assert.IsFalse(third.HasTurn, "three hold");
        replaced.Release();
        if (script.StartsWith("d=", StringComparison.Ordinal))
        {
            // The whole queue went, so the other one's place did too.
            other.Release();
        }

        third.AwaitTurn().Release();
        if (!other.HasExited)
        {
            other.Release();
        }

        Assert.IsEmpty(stage.Ended);
    }

    [TestMethod]
    [DynamicData(nameof(Some))]
    public void Who_waits_already_comes_to_his_turn_before_newcomers(string script)
    {
        using var stage = new Stage();
        using TakerProcess holder = stage.Start().AwaitTurn();
        using TakerProcess waiter = stage.Start().AwaitTicket();
        waiter.AwaitAsleep();
        stage.Do(script, holder.Lease);
        using TakerProcess newcomer = stage.Start().AwaitTicket();
        newcomer.AwaitAsleep();
        Assert.IsFalse(waiter.HasTurn || newcomer.HasTurn, "somebody runs beside the holder");
        holder.Release();
        Condition.Await(() => waiter.HasTurn || newcomer.HasTurn, () => "the next one's turn");
        (TakerProcess first, TakerProcess last) = waiter.HasTurn ? (waiter, newcomer) : (newcomer, waiter);

        // Where the whole queue went, so did the waiter's place.
        Assert.IsTrue(waiter == first || script.StartsWith("d=", StringComparison.Ordinal), "its place was lost");
        last.AwaitAsleep();
        Assert.IsFalse(last.HasTurn, "two hold");
        first.Release();
        last.AwaitTurn().Release();
        Assert.IsEmpty(stage.Ended);
    }

    [TestMethod]
    [DynamicData(nameof(Some))]
    public void A_waiter_is_not_lost_and_runs_alone(string script)
    {
        using var stage = new Stage();
        using TakerProcess holder = stage.Start().AwaitTurn();
        using TakerProcess waiter = stage.Start().AwaitTicket();
        waiter.AwaitAsleep();
        using TakerProcess behind = stage.Start().AwaitTicket();
        behind.AwaitAsleep();
        stage.Do(script, waiter.Lease);
        using TakerProcess newcomer = stage.Start().AwaitTicket();
        newcomer.AwaitAsleep();
        Assert.IsFalse(waiter.HasTurn || behind.HasTurn || newcomer.HasTurn, "somebody runs beside the holder");
        holder.Release();
        List<TakerProcess> rest = [waiter, behind, newcomer];
        while (rest.Count > 0)
        {
            Condition.Await(() => rest.Exists(one => one.HasTurn), () => $"the turn; they said {string.Join(" / ", rest.Select(one => one.Said))}");
            TakerProcess running = rest.Find(one => one.HasTurn)!;
            rest.Remove(running);
            rest.ForEach(one => one.AwaitAsleep());
            Assert.IsFalse(rest.Exists(one => one.HasTurn), "two hold");
            running.Release();
        }

        Assert.IsEmpty(stage.Ended);
        stage.Start().AwaitTurn().Release();
        Assert.IsEmpty(stage.Tickets());
    }

    /// <summary>Overwritten in place the file is the same and keeps its lock, so nothing moves.</summary>
    [TestMethod]
    [DataRow("printf garbage 1<>\"$0\"")]
    [DataRow(": > \"$0\"")]
    [DataRow("echo x > \"$0\"")]
    public void A_waiter_whose_ticket_is_overwritten_keeps_its_place(string script)
    {
        using var stage = new Stage();
        using TakerProcess holder = stage.Start().AwaitTurn();
        using TakerProcess waiter = stage.Start().AwaitTicket();
        waiter.AwaitAsleep();
        using TakerProcess behind = stage.Start().AwaitTicket();
        behind.AwaitAsleep();
        stage.Do(script, waiter.Lease);
        using TakerProcess newcomer = stage.Start().AwaitTicket();
        newcomer.AwaitAsleep();
        holder.Release();
        foreach (TakerProcess next in (TakerProcess[])[waiter, behind, newcomer])
        {
            next.AwaitTurn();
            Assert.IsTrue(next == newcomer || !newcomer.HasTurn, "two hold");
            next.Release();
        }

        Assert.IsEmpty(stage.Ended);
        Assert.IsEmpty(stage.Tickets());
    }

    [TestMethod]
    [DynamicData(nameof(All))]
    public void A_holder_that_dies_then_is_waited_for_no_more_and_what_it_left_is_ended(string script)
    {
        using var stage = new Stage();
        using TakerProcess holder = stage.Start().AwaitTurn();
        stage.Do(script, holder.Lease);
        using TakerProcess second = stage.Start().AwaitTicket();
        second.AwaitAsleep();
        holder.Kill();
        second.AwaitTurn().Release();
        CollectionAssert.Contains(stage.Ended, holder.Lease.Value);
        stage.Start().AwaitTurn().Release();
        Assert.IsEmpty(stage.Tickets());
    }

    [TestMethod]
    [DynamicData(nameof(Replacements))]
    public void What_stands_in_the_place_of_a_dead_holders_ticket_holds_up_nobody(string script)
    {
        using var stage = new Stage();
        using TakerProcess holder = stage.Start().AwaitTurn();
        stage.Do(script, holder.Lease);
        holder.Kill();
        stage.Start().AwaitTurn().Release();

        // One that says it only waited, or has given back, says that nothing is left of it.
        Assert.IsTrue(stage.Ended.Contains(holder.Lease.Value) || script.Contains("BG1 ", StringComparison.Ordinal));
        stage.Start().AwaitTurn().Release();
        Assert.IsEmpty(stage.Tickets());
    }

    [TestMethod]
    [DynamicData(nameof(Some))]
    public void Who_is_started_in_the_lease_goes_inside_it_and_not_behind_it(string script)
    {
        using var stage = new Stage();
        using TakerProcess outer = stage.Start().AwaitTurn();
        stage.Do(script, outer.Lease);
        using (TakerProcess inner = stage.Start(lease: outer.Lease.Value).AwaitTurn())
        {
            Assert.AreEqual(outer.Lease, inner.Lease.Parent);
            inner.Release();
        }

        outer.Release();
        Assert.IsEmpty(stage.Ended);
    }

    /// <summary>A child of the holder, without the variable.</summary>
    [TestMethod]
    [DynamicData(nameof(Some))]
    public void Who_descends_from_the_holder_does_not_wait_for_it(string script)
    {
        using var stage = new Stage();
        using TakerProcess outer = stage.Start($"--then {stage.Other}/go").AwaitTurn();
        stage.Do(script, outer.Lease);
        File.WriteAllText($"{stage.Other}/go", "");
        Condition.Await(() => Regex.IsMatch(outer.Said, "child turn [^/ ]+/[^/ ]+/[^/ ]+"), () => $"the child's turn; it said: {outer.Said}");
        outer.Release();
        Assert.IsEmpty(stage.Ended);
    }

    [TestMethod]
    [DynamicData(nameof(SomeReplacements))]
    public void A_child_that_is_still_there_is_ended_before_the_lease_around_it(string script)
    {
        using var stage = new Stage();
        using TakerProcess outer = stage.Start().AwaitTurn();
        using TakerProcess inner = stage.Start(lease: outer.Lease.Value).AwaitTurn();
        stage.Do(script, inner.Lease);
        using TakerProcess next = stage.Start().AwaitTicket();
        next.AwaitAsleep();
        outer.Release();
        Assert.IsTrue(inner.HasExited, "it outlived the lease that it was inside");
        next.AwaitTurn().Release();
    }

    [TestMethod]
    [DynamicData(nameof(Some))]
    public void Who_reaps_leaves_it_alone(string script)
    {
        using var stage = new Stage();
        using TakerProcess holder = stage.Start().AwaitTurn();
        stage.Do(script, holder.Lease);
        var reaper = new Reaper(new UnixStateFiles(), stage.World.Create(), stage.State.Layout);
        Assert.IsEmpty(reaper.Find());
        Assert.IsEmpty(reaper.Reap(static _ => { }));
        holder.Kill();
        _ = reaper.Reap(static _ => { });
        stage.Start().AwaitTurn().Release();
    }

    [TestMethod]
    [DynamicData(nameof(ReplacementsAndRenamings))]
    public void Viewers_show_who_holds(string script)
    {
        using var stage = new Stage();
        using TakerProcess holder = stage.Start().AwaitTurn();
        stage.Do(script, holder.Lease);
        using TakerProcess second = stage.Start().AwaitTicket();
        second.AwaitAsleep();
        var reader = new TreeReader(new UnixStateFiles(), stage.State.Layout, stage.World.Create());
        TreeSnapshot snapshot = reader.Look(LockName.User);
        LeaseView lease = Assert.ContainsSingle(snapshot.Leases);
        Assert.AreEqual((holder.Lease, holder.Pid, true, false), (lease.Id, lease.Pid, lease.HolderAlive, lease.IsKeptByBuild));
        Assert.AreEqual((second.Lease, 1), (Assert.ContainsSingle(snapshot.Queue).Id, snapshot.Queue[0].Position));
        Assert.AreEqual((1, holder.Pid), (reader.Ahead(second.Lease).Position, reader.Ahead(second.Lease).Holder?.Pid));
        holder.Release();
        second.AwaitTurn();
        lease = Assert.ContainsSingle(reader.Look(LockName.User).Leases);
        Assert.AreEqual((second.Lease, second.Pid, true), (lease.Id, lease.Pid, lease.HolderAlive));
        second.Release();
    }

    /// <summary>Under the lock that users share: who may look into the holder's files, its own user and root, waits for it.</summary>
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void The_same_user_and_root_wait_for_a_holder_of_the_shared_lock(bool isRoot)
    {
        using SharedUsers users = SharedUsers.Make("/tmp");
        using TakerProcess holder = TakerProcess.Start(users.One, users.Options, under: SharedQueue.AsOther).AwaitTurn();
        Shell.Run("sed", "-i", "s/a/a/", $"{users.Queue}/{holder.Lease.Ticket.ToString()}");
        using TakerProcess next = (isRoot
            ? TakerProcess.Start(users.Roots, users.Options)
            : TakerProcess.Start(users.One, users.Options, under: SharedQueue.AsOther)).AwaitTicket();
        next.AwaitAsleep();
        Assert.IsFalse(next.HasTurn, "two hold");
        holder.Release();
        next.AwaitTurn().Release();
        Assert.AreEqual("mutex", users.InQueue());
    }

    /// <summary>To look for such files takes milliseconds, so nobody does while nothing is out of order.</summary>
    [TestMethod]
    public void An_undisturbed_run_and_hand_off_looks_for_nothing()
    {
        using var world = new World();
        int looked = 0;
        var files = new SteppedFiles(new UnixStateFiles(), new HookedSteps((step, _) => looked += step == "openLocked" ? 1 : 0));
        SimulatedProcess self = world.Create();
        var tree = new LeaseTree(files, self, self, world.State.Layout);
        var record = new LeaseRecord { Kind = LeaseKind.Operation, Holder = self.Self, Label = "x", User = "tester", EnqueuedAt = DateTimeOffset.UnixEpoch };
        Take(tree.Enter(LockName.User, null, record, slots: 1));
        Assert.AreEqual(1, looked, "a queue that is new has no history");
        foreach (int slots in (int[])[1, 2])
        {
            using Ticket first = tree.Enter(LockName.User, null, record, slots);
            Assert.AreEqual(Turn.Come, tree.Wait(first));
            Assert.IsTrue(first.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
            tree.MakeQueue(first.Lease);
            Take(tree.Enter(LockName.User, first.Lease.Value, record, slots));
            using Ticket second = tree.Enter(LockName.User, null, record, 1);
            var reader = new TreeReader(files, world.State.Layout, self);
            Assert.IsNotNull(reader.Ahead(second.Lease).Holder);
            Assert.HasCount(1, reader.Look(LockName.User).Leases);
            using (Ticket third = tree.Enter(LockName.User, null, record, 1))
            {
                third.Leave();
            }

            tree.Release(first);
            Take(second);
        }

        Assert.AreEqual(1, looked);

        void Take(Ticket ticket)
        {
            Assert.AreEqual(Turn.Come, tree.Wait(ticket));
            Assert.IsTrue(ticket.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
            tree.Release(ticket);
        }
    }

    private static IEnumerable<object[]> Rows(params string[] scripts) => scripts.Select(script => new object[] { script });

    private sealed class Stage : IDisposable
    {
        private readonly StateDirectory _root = new();

        public Stage()
        {
            State = new StateLayoutOf(Directory.CreateDirectory(Path.Combine(_root.Path, "state")).FullName);
            Other = Directory.CreateDirectory(Path.Combine(_root.Path, "other")).FullName;
        }

        public StateLayoutOf State { get; }

        public string Other { get; }

        public World World { get; } = new();

        private string Log => Path.Combine(_root.Path, "log");

        /// <summary>The leases that somebody took for dead.</summary>
        public string[] Ended => !File.Exists(Log) ? [] : [.. File.ReadAllLines(Log)
            .Where(line => line.StartsWith("end ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[2])];

        public TakerProcess Start(string options = "", string? lease = null) => TakerProcess.Start(State.Path, $"--log {Log} {options}", lease);

        public void Do(string script, LeaseId lease) => Shell.Run("sh", "-e", "-c", script, State.Layout.TicketOf(lease), Other);

        /// <summary>What is in the queue under a ticket's name, or belongs to one.</summary>
        public string[] Tickets() => [.. Directory.GetFileSystemEntries(State.Layout.NodeOf(LockName.User))
            .Select(entry => Path.GetFileName(entry))
            .Where(name => TicketName.TryParse(name, out _))];

        public void Dispose()
        {
            World.Dispose();
            _root.Dispose();
        }
    }

    private sealed record StateLayoutOf(string Path)
    {
        public StateLayout Layout => new(Path);
    }
}
