using System.Diagnostics;
using BuildGuard.Diagnostics;
using BuildGuard.Leases.Tests.Simulation;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Leases.Tests;

/// <summary>Files in the state directory that we did not write.</summary>
[TestClass]
public sealed class GarbageTests
{
    [TestMethod]
    public void What_is_moved_aside_twice_does_not_stop_the_second_time()
    {
        using var world = new World();
        world.Create().Start().AwaitTurn().Release();
        for (int time = 0; time < 3; time++)
        {
            string queue = Path.Combine(world.State.Queue, "1-00000001.d");
            Directory.CreateDirectory(queue);
            File.WriteAllText(Path.Combine(queue, "strange"), $"{time}");
            world.Create().Start().AwaitTurn().Release();
            Assert.IsFalse(Directory.Exists(queue));
        }

        string[] aside = Directory.GetFiles(world.State.Layout.Damaged, "strange", SearchOption.AllDirectories);
        CollectionAssert.AreEquivalent(new[] { "0", "1", "2" }, aside.Select(File.ReadAllText).ToArray());
    }

    [TestMethod]
    [DataRow("README")]
    [DataRow("notes.txt")]
    [DataRow("user")]
    public void A_file_where_a_directory_should_be(string name)
    {
        using var world = new World();
        world.Create().Start().AwaitTurn().Release();
        string path = Path.Combine(world.State.Layout.Locks, name);
        if (name == "user")
        {
            Directory.Delete(path, recursive: true);
        }

        File.WriteAllText(path, "junk");
        SimulatedProcess process = world.Create().Start();
        if (name == "user")
        {
            Condition.Await(() => process.Failure is not null, () => "an error");
            Assert.AreEqual("BG0010", ((Diagnostics.GuardException)process.Failure!).Problem.Code);
        }
        else
        {
            process.AwaitTurn().Release();
        }

        Assert.AreEqual("junk", File.ReadAllText(path));
    }

    [TestMethod]
    [DataRow("directory")]
    [DataRow("link")]
    [DataRow("dangling")]
    [DataRow("fifo")]
    [DataRow("mode 000")]
    public void What_is_no_plain_file_but_has_a_tickets_name_is_nobodys_ticket(string kind)
    {
        using var world = new World();
        world.Create().Start().AwaitTurn().Release();
        string path = Path.Combine(world.State.Queue, "1-00000001");
        string target = Path.Combine(world.State.Path, "target");
        File.WriteAllText(target, "precious");
        switch (kind)
        {
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "link":
                File.CreateSymbolicLink(path, target);
                break;
            case "dangling":
                File.CreateSymbolicLink(path, target + "-not-there");
                break;
            case "fifo":
                Process.Start("mkfifo", [path]).WaitForExit();
                break;
            default:
                // Root reads it all the same, so then it is one more garbled ticket.
                File.WriteAllText(path, "junk");
                File.SetUnixFileMode(path, UnixFileMode.None);
                if (Environment.UserName != "root")
                {
                    Assert.Inconclusive("only root can read a file of mode 000");
                }

                break;
        }

        SimulatedProcess first = world.Create().Start().AwaitTurn();
        SimulatedProcess second = world.Create().Start();
        Assert.IsFalse(second.HasTurn);
        first.Release();
        second.AwaitTurn().Release();
        Assert.AreEqual("precious", File.ReadAllText(target));
    }

    [TestMethod]
    [DataRow("", 1)]
    [DataRow("BG1 W\n{}\n", 0)]
    [DataRow("BG1 R\n", 0)]
    public void A_tickets_file_that_nobody_holds_and_that_says_nothing_goes(string content, int looked)
    {
        using var world = new World();
        world.Create().Start().AwaitTurn().Release();
        File.WriteAllText(Path.Combine(world.State.Queue, "1-00000001"), content);
        world.Create().Start().AwaitTurn().Release();
        Assert.IsEmpty(world.State.Leftovers());

        // An empty one may have been a lease that somebody emptied.
        Assert.HasCount(looked, world.Ended);
    }

    [TestMethod]
    [DataRow("AAAAG\n")]
    [DataRow("BG2 G\n{\"kind\":\"operation\"}\n")]
    [DataRow("BG1 G\n{\"kind\":")]
    [DataRow("BG1 X\n")]
    [DataRow("BG1 ")]
    [DataRow("\0\0\0\0\0\0\0\0\0\0\0\0")]
    public void What_cannot_be_understood_is_looked_after_and_moved_aside_not_deleted(string content)
    {
        using var world = new World();
        world.Create().Start().AwaitTurn().Release();
        string path = Path.Combine(world.State.Queue, "1-00000001");
        File.WriteAllText(path, content);
        SimulatedProcess process = world.Create().Start().AwaitTurn();
        LeaseId lease = Assert.ContainsSingle(world.Ended);
        Assert.AreEqual("user/1-00000001", lease.Value);
        Assert.AreEqual(lease, Assert.ContainsSingle(world.Aside));
        Assert.AreEqual(content, File.ReadAllText(Path.Combine(world.State.Layout.Damaged, "1-00000001")));
        process.Release();
        Assert.IsEmpty(world.State.Leftovers());
    }

    [TestMethod]
    [DataRow("BG2 G\n{\"kind\":\"operation\",\"version\":\"7.5.0-beta\"}\n", "BuildGuard 7.5.0-beta is in this queue, whose protocol 2 ")]
    [DataRow("BG2 W\n{\"kind\":{\"version\":\"0\"},\"version\":7}\n", "another version of BuildGuard is in this queue")]
    [DataRow("BG12 whatever", "another version of BuildGuard is in this queue, whose protocol 12 ")]
    public void Nobody_takes_a_place_behind_one_who_speaks_another_protocol(string content, string expected)
    {
        using var world = new World();
        world.Create().Start().AwaitTurn().Release();
        string path = Path.Combine(world.State.Queue, "1-00000001");
        File.WriteAllText(path, content);
        using (LockFile held = new UnixStateFiles().Open(path, write: false)!)
        {
            held.LockExclusive();
            SimulatedProcess process = world.Create().Start();
            Condition.Await(() => process.Failure is not null, () => "an error");
            GuardMessage problem = ((GuardException)process.Failure!).Problem;
            Assert.AreEqual("BG0008", problem.Code);
            Assert.StartsWith(expected, problem.Text);
            Assert.AreEqual("user/1-00000001", Assert.ContainsSingle(world.State.Leftovers()));
        }

        world.Create().Start().AwaitTurn().Release();
        Assert.AreEqual(content, File.ReadAllText(Path.Combine(world.State.Layout.Damaged, "1-00000001")));
    }

    [TestMethod]
    [DataRow(0, true)]
    [DataRow(0, false)]
    [DataRow(3, true)]
    [DataRow(3, false)]
    public void A_holder_whose_ticket_was_cut_and_who_is_killed_then_has_its_processes_ended(int length, bool whileWaitedFor)
    {
        using var world = new World();
        SimulatedProcess holder = world.Create().Start().AwaitTurn();
        SimulatedProcess? waiter = whileWaitedFor ? world.Create().Start() : null;
        Cut(world.State.Layout.TicketOf(holder.Lease), length);
        holder.Kill();

        (waiter ?? world.Create().Start()).AwaitTurn().Release();
        Assert.AreEqual(holder.Lease, Assert.ContainsSingle(world.Ended));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(3)]
    public void Who_stands_in_a_lease_whose_ticket_was_cut_goes_inside_it(int length)
    {
        using var world = new World();
        SimulatedProcess holder = world.Create().Start().AwaitTurn();
        Cut(world.State.Layout.TicketOf(holder.Lease), length);

        SimulatedProcess nested = world.Create().Start(holder.Lease.Value).AwaitTurn();
        Assert.AreEqual(holder.Lease, nested.Lease.Parent);
    }

    private static void Cut(string ticket, int length)
    {
        using var handle = new System.Diagnostics.Process { StartInfo = new("truncate", ["-s", $"{length}", ticket]) };
        handle.Start();
        handle.WaitForExit();
        Assert.AreEqual(0, handle.ExitCode);
    }

    [TestMethod]
    public void The_same_inside_a_lease_that_ends()
    {
        using var world = new World();
        SimulatedProcess parent = world.Create().Start().AwaitTurn();
        world.Create().Start(parent.Lease.Value).AwaitTurn().Release();
        string queue = world.State.Layout.NodeOf(parent.Lease);
        File.WriteAllText(Path.Combine(queue, "1-00000001"), "junk");
        parent.Release();
        Assert.AreEqual("junk", File.ReadAllText(Path.Combine(world.State.Layout.Damaged, "1-00000001")));
        Assert.IsEmpty(world.State.Leftovers());
    }

    [TestMethod]
    [DoNotParallelize]
    public void A_giant_ticket_is_not_read_to_its_end()
    {
        using var world = new World();
        world.Create().Start().AwaitTurn().Release();
        string path = Path.Combine(world.State.Queue, "1-00000001");
        using (FileStream file = File.Create(path))
        {
            file.Write("BG1 G\n"u8);
            file.SetLength(1L << 40);
        }

        long start = Stopwatch.GetTimestamp();
        world.Create().Start().AwaitTurn().Release();
        Assert.IsLessThan(5, Stopwatch.GetElapsedTime(start).TotalSeconds);
        Assert.IsEmpty(world.State.Leftovers());
    }

    [TestMethod]
    public void Strange_files_stay_where_they_are_and_hold_up_nobody()
    {
        using var world = new World();
        world.Create().Start().AwaitTurn().Release();
        string[] names = ["1-0000000", "01-00000000", "1-0000000G", "-1-00000000", "1-00000000.bak", ".x", "ü", "99999999999999999999-00000000"];
        foreach (string name in names)
        {
            File.WriteAllText(Path.Combine(world.State.Queue, name), "mine");
        }

        world.Create().Start().AwaitTurn().Release();
        Assert.IsTrue(Array.TrueForAll(names, n => File.ReadAllText(Path.Combine(world.State.Queue, n)) == "mine"));
        Assert.IsEmpty(world.Ended);
    }

    [TestMethod]
    public void A_queue_left_without_its_lease_is_ended_once_even_if_strange_files_are_in_it()
    {
        using var world = new World();
        SimulatedProcess parent = world.Create().Start().AwaitTurn();
        world.Create().Start(parent.Lease.Value).AwaitTurn().Release();
        string queue = world.State.Layout.NodeOf(parent.Lease);
        File.WriteAllText(Path.Combine(queue, "notes"), "mine");
        parent.Release();
        Assert.IsTrue(Directory.Exists(queue));
        world.Create().Start().AwaitTurn().Release();
        int ended = world.Ended.Count;
        Assert.AreEqual("mine", File.ReadAllText(Path.Combine(world.State.Layout.Damaged, Path.GetFileName(queue), "notes")));
        world.Create().Start().AwaitTurn().Release();
        Assert.HasCount(ended, world.Ended);
        Assert.IsEmpty(world.State.Leftovers());
    }

    [TestMethod]
    public void The_largest_number_is_the_end_and_is_said()
    {
        using var world = new World();
        world.Create().Start().AwaitTurn().Release();
        File.WriteAllText(Path.Combine(world.State.Queue, $"{TicketName.MaxNumber}-00000000"), "BG1 W\n");
        SimulatedProcess process = world.Create().Start();
        Condition.Await(() => process.Failure is not null, () => "an error");
        Assert.AreEqual("BG1004", ((Diagnostics.GuardException)process.Failure!).Problem.Code);
        Assert.AreEqual(0, process.OpenFiles);
    }
}
