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
        string shared = state.Path + "/shared";
        Directory.CreateDirectory(shared);
        Shell.Run("chmod", "1777", shared);
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
    [DataRow("tester", true)]
    [DataRow("somebody else", false)]
    public void The_name_of_anothers_lease_is_no_way_past_the_queue(string holder, bool isInside)
    {
        using var state = new StateDirectory();
        string shared = state.Path + "/shared";
        Directory.CreateDirectory(shared);
        Shell.Run("chmod", "1777", shared);
        using var world = new Simulation.World();
        Simulation.SimulatedProcess self = world.Create();
        var tree = new LeaseTree(new Platform.Unix.UnixStateFiles(), self, self, new StateLayout(state.Path, shared + "/machine"));
        var record = new LeaseRecord { Kind = LeaseKind.Operation, Holder = self.Self, Label = "x", User = holder, EnqueuedAt = DateTimeOffset.UnixEpoch };
        using Ticket theirs = tree.Enter(LockName.Machine, null, record, slots: 1);
        Assert.IsTrue(theirs.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));

        Assert.AreEqual(isInside ? theirs.Lease : null, tree.Innermost(theirs.Lease.Value));
        tree.Release(theirs);
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

    private static string Own(StateDirectory state, string name, string uid)
    {
        string path = Directory.CreateDirectory($"{state.Path}/{name}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        Shell.Run("chown", uid, path);
        return path;
    }
}
