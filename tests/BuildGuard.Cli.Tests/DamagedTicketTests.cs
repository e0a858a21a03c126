using System.Diagnostics;
using System.Text.RegularExpressions;

namespace BuildGuard.Cli.Tests;

[TestClass]
public sealed class DamagedTicketTests
{
    [TestMethod]
    public void A_garbage_ticket_is_called_damaged_and_nobody_is_made_up_for_it()
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        File.WriteAllText(Path.Combine(sandbox.State, "locks", "user", "7-00000001"), "garbage");
        Result result = sandbox.Run("run", "--preflight", "off", "--", "echo", "hello");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual("hello\n", result.Output);
        StringAssert.StartsWith(
            result.Error,
            "buildguard: BG1002: the ticket of user/7-00000001 is damaged or gone and nobody holds it, so it cannot be told whose it was: what may be left of it is being ended first");
        StringAssert.Contains(result.Error, "\nbuildguard: warning BG1010: ");
        Assert.IsFalse(result.Error.Contains("unknown", StringComparison.Ordinal) || result.Error.Contains("pid 0", StringComparison.Ordinal), result.Error);
        Assert.IsTrue(File.Exists(Path.Combine(sandbox.State, "damaged", "7-00000001")));
    }

    /// <summary>Garbled, and emptied, in place: the holder has the file open.</summary>
    [TestMethod]
    [DataRow("printf garbage 1<>\"$0\"")]
    [DataRow(": > \"$0\"")]
    public void Who_holds_a_damaged_ticket_is_shown_as_somebody_and_not_passed_over(string damage)
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "cat");
        Helper.Await(() => sandbox.Run("status", "--json").Json.GetProperty("leases").GetArrayLength(), count => count == 1);
        string id = sandbox.Run("status", "--json").Json.GetProperty("leases")[0].GetProperty("id").GetString()!;

        using (Process shell = Process.Start("sh", ["-c", damage, Path.Combine(sandbox.State, "locks", id)]))
        {
            shell.WaitForExit();
            Assert.AreEqual(0, shell.ExitCode);
        }

        string line = $"Somebody holds {id}, and it cannot be told who: the ticket is damaged.\n";
        string status = sandbox.Run("status").Output;
        StringAssert.Contains(status, line);
        Assert.DoesNotContain("Nobody holds", status);
        string who = $" (pid {holder.Pid}) holds or waits with a ticket that cannot be read or is gone; 'buildguard stop' ends it.\n";
        StringAssert.Matches(sandbox.Run("queue").Output, new($"^{Regex.Escape(line)}[a-z]+{Regex.Escape(who)}Nobody else waits under the lock user.\n$"));
        Result doctor = sandbox.Run("doctor");
        Assert.AreEqual(1, doctor.ExitCode);
        StringAssert.Contains(doctor.Output, $"BG1012: a ticket is held and cannot be read: {id}. The others wait until its holder ends; 'buildguard stop' ends whoever that is");
        foreach (string verb in (string[])["status", "queue"])
        {
            Assert.AreEqual(id, sandbox.Run(verb, "--json").Json.GetProperty("unreadable")[0].GetProperty("id").GetString());
        }

        string top = sandbox.Run("top").Output;
        StringAssert.StartsWith(top, "buildguard top  0 leases, 0 waiting, 1 unreadable ");
        StringAssert.Contains(top, line);
        Assert.DoesNotContain("Nobody holds", top);
        StringAssert.EndsWith(sandbox.Run("monitor", "--once").Output, line);
        Assert.AreEqual(id, sandbox.Run("monitor", "--once", "--json").Json.GetProperty("unreadable")[0].GetProperty("id").GetString());

        using Helper next = sandbox.Start([], "run", "--preflight", "off", "--", "touch", "ran");
        Helper.Await(() => Directory.GetFiles(Path.Combine(sandbox.State, "locks", "user"), "2-*").Length, count => count == 1);
        Helper.Await(() => File.ReadAllText($"/proc/{next.Pid}/task/{next.Pid}/wchan"), place => place.Contains("lock_inode_wait", StringComparison.Ordinal));
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "ran")), "beside the holder");

        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
        Assert.AreEqual(0, next.WaitForEnd().ExitCode);
        Assert.IsTrue(File.Exists(Path.Combine(sandbox.Work, "ran")));
        Assert.IsFalse(sandbox.Run("monitor", "--once", "--json").Json.TryGetProperty("unreadable", out _));
        StringAssert.Contains(sandbox.Run("status").Output, "Nobody holds the turn.");
    }

    /// <summary>The ticket says nothing; the others say what it can be.</summary>
    [TestMethod]
    [DataRow("1", 2, "waits with {0}", "2,3")]
    [DataRow("2", 2, "holds {0}, or waits with it", "1,2")]
    [DataRow("3", 2, "holds {0}", "1")]
    public void Whether_the_holder_of_an_emptied_ticket_waits_is_told_from_the_others(string slots, int damaged, string expected, string positions)
    {
        using var sandbox = new Sandbox();
        List<Helper> helpers = [];
        try
        {
            for (int number = 1; number <= 4; number++)
            {
                helpers.Add(sandbox.Start([("BUILDGUARD_SLOTS", slots)], "run", "--preflight", "off", "--", "sh", "-c", "echo started; exec cat"));
                if (number <= int.Parse(slots))
                {
                    Assert.AreEqual("started", helpers[^1].ReadLine());
                }
                else
                {
                    helpers[^1].AwaitError("BG1001");
                }
            }

            string ticket = Directory.GetFiles(Path.Combine(sandbox.State, "locks", "user"), $"{damaged}-*").Single(file => !Path.GetFileName(file).Contains('.', StringComparison.Ordinal));
            using (Process shell = Process.Start("truncate", ["-s", "0", ticket]))
            {
                shell.WaitForExit();
            }

            string line = $"Somebody {string.Format(expected, "user/" + Path.GetFileName(ticket))}, and it cannot be told who: the ticket is damaged.\n";
            foreach (string verb in (string[])["status", "queue", "top"])
            {
                StringAssert.Contains(sandbox.Run(verb).Output, line);
            }

            Assert.AreEqual(positions, string.Join(',', sandbox.Run("queue", "--json").Json.GetProperty("queue").EnumerateArray().Select(one => one.GetProperty("position").GetInt32())));
        }
        finally
        {
            helpers.ForEach(helper => helper.Terminate());
            helpers.ForEach(helper => helper.WaitForEnd());
            helpers.ForEach(helper => helper.Dispose());
        }
    }

    /// <summary>Those behind it are told at once, each its own place, and the trail does not call a normal end a death.</summary>
    [TestMethod]
    [DataRow("echo x > \"$0\"", @"somebody holds user/1-\w+, whose ticket cannot be read")]
    [DataRow("rm \"$0\"", @"'first' \(pid \d+\) has had it for ")]
    [DataRow("sed -i s/a/a/ \"$0\"", @"'first' \(pid \d+\) has had it for ")]
    [DataRow("mv \"$0\" \"$0.bak\"", @"'first' \(pid \d+\) has had it for ")]
    [DataRow("mv \"$0\" \"$0.bak\"; mkdir \"$0\"", @"'first' \(pid \d+\) has had it for ")]
    [DataRow("rm \"$0\"; ln -s /dev/null \"$0\"", @"'first' \(pid \d+\) has had it for ")]
    public void Those_who_wait_behind_it_are_told_so_at_once(string damage, string who)
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--label", "first", "--", "sh", "-c", "echo started; exec cat");
        Assert.AreEqual("started", holder.ReadLine());
        string ticket = Directory.GetFiles(Path.Combine(sandbox.State, "locks", "user"), "1-*").Single(file => !Path.GetFileName(file).Contains('.', StringComparison.Ordinal));
        using (Process shell = Process.Start("sh", ["-c", damage, ticket]))
        {
            shell.WaitForExit();
            Assert.AreEqual(0, shell.ExitCode);
        }

        using Helper second = sandbox.Start([], "run", "--preflight", "off", "--label", "second", "--", "true");
        second.AwaitError("BG1001");
        using Helper third = sandbox.Start([], "run", "--preflight", "off", "--label", "third", "--", "true");
        third.AwaitError("BG1001");
        Assert.DoesNotContain("just getting the turn", sandbox.Run("queue").Output);

        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
        StringAssert.Matches(second.WaitForEnd().ErrorLine, new("BG1001: waiting for the turn at position 1: " + who));
        StringAssert.Matches(third.WaitForEnd().ErrorLine, new("BG1001: waiting for the turn at position 2: " + who));
        Assert.DoesNotContain("\"killed\"", File.ReadAllText(sandbox.AuditFile));
    }
}
