using System.Diagnostics;
using System.Globalization;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>What becomes of other users' dead leases under the lock <c>machine</c>, and of what bears their names.</summary>
[TestClass]
public sealed class AnothersLeaseTests
{
    private static readonly string[] s_run = ["run", "--lock", "machine", "--"];

    /// <summary>The name of a past lease stands in the environment of what it keeps, for all to read.</summary>
    [TestMethod]
    [DataRow("echo garbage > $0", DisplayName = "damaged")]
    [DataRow(": > $0", DisplayName = "emptied")]
    [DataRow("printf 'BG1 G\\n{}\\n{}\\n' > $0", DisplayName = "granted")]
    [DataRow("printf '%-32s%-31s\\n' '' $0 | dd of=mutex bs=1 conv=notrunc 2>/dev/null; printf '%020d' 7 | dd of=mutex bs=1 conv=notrunc 2>/dev/null", DisplayName = "missing")]
    [DataRow("mkdir $0.d; echo garbage > $0.d/1-00000001", DisplayName = "a queue alone")]
    public void What_a_past_lease_kept_is_nobodys_to_end(string script)
    {
        using var machine = new SharedMachine();
        foreach (int owner in (int[])[SharedMachine.Root, SharedMachine.Another])
        {
            Result keeping = machine.Run(owner, "run", "--lock", "machine", "--keep", "sleep", "--", "sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo $! $BUILDGUARD_LEASE");
            Assert.AreEqual(0, keeping.ExitCode, keeping.Error);
            string[] words = keeping.Output.Trim().Split(' ');
            int kept = int.Parse(words[0], CultureInfo.InvariantCulture);
            using Process sleep = Process.GetProcessById(kept);
            try
            {
                string name = words[1]["machine/".Length..];
                machine.Do(SharedMachine.Somebody, $"{script.Replace("$0", name, StringComparison.Ordinal)}");
                foreach (int user in (int[])[SharedMachine.Another, SharedMachine.Root])
                {
                    Result next = machine.Run(user, [.. s_run, "true"]);
                    Assert.AreEqual(0, next.ExitCode, next.Error);
                    Assert.DoesNotContain("BG4001", next.Error);
                    Assert.IsTrue(SharedMachine.Runs(kept), $"{user} ended what {owner} keeps: {next.Error}");
                }
            }
            finally
            {
                sleep.Kill();
            }

            machine.Do(SharedMachine.Root, "rm -rf [0-9]*");
        }
    }

    /// <summary>Only that user, or root, may end it; the others are not held up by that, and told so.</summary>
    [TestMethod]
    public void What_another_user_left_is_named_and_gone_on_beside()
    {
        using var machine = new SharedMachine();
        int orphan = LeaveOrphan(machine, out string lease);
        using Process process = Process.GetProcessById(orphan);
        try
        {
            for (int time = 0; time < 2; time++)
            {
                long start = Stopwatch.GetTimestamp();
                Result next = machine.Run(SharedMachine.Another, [.. s_run, "echo", "ran"]);
                Assert.AreEqual(0, next.ExitCode, next.Error);
                Assert.AreEqual("ran\n", next.Output);
                StringAssert.Contains(next.Error, $"warning BG4007: what another user's lease {lease} left still runs, and only that user or root may end it: sleep (pid {orphan}). ");
                Assert.DoesNotContain("BG4001", next.Error);
                Assert.IsLessThan(TimeSpan.FromSeconds(9), Stopwatch.GetElapsedTime(start), "it waited for what it may not end");
                Assert.IsTrue(SharedMachine.Runs(orphan));
                StringAssert.Contains(File.ReadAllText(machine.AuditOf(SharedMachine.Another)), "\"code\":\"BG4007\"");
            }

            Result reap = machine.Run(SharedMachine.Root, "reap");
            Assert.AreEqual(0, reap.ExitCode, reap.Error);
            StringAssert.Contains(reap.Output, ": 1 process\n");
            Assert.IsFalse(SharedMachine.Runs(orphan));
            Assert.AreEqual("mutex", machine.Do(SharedMachine.Root, "ls"));
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>"Release means empty" holds for what is one's own.</summary>
    [TestMethod]
    public void What_a_user_left_himself_is_ended_before_he_goes_on()
    {
        using var machine = new SharedMachine();
        int orphan = LeaveOrphan(machine, out _);
        Result next = machine.Run(SharedMachine.Somebody, [.. s_run, "test", "!", "-e", $"/proc/{orphan}/exe"]);
        Assert.AreEqual(0, next.ExitCode, next.Error);
        StringAssert.Contains(next.Error, $"BG4001: ended an orphan that was still running after the operation: sleep (pid {orphan}, ");
        Assert.IsFalse(SharedMachine.Runs(orphan));
    }

    [TestMethod]
    public void Who_may_not_end_a_lease_does_not_say_that_it_was_ended_and_leaves_nothing()
    {
        using var machine = new SharedMachine();
        Process holder = machine.Start(SharedMachine.Somebody, [.. s_run, "sh", "-c", "echo $BUILDGUARD_LEASE; read end"]);
        string lease = holder.StandardOutput.ReadLine()!;
        Result stop = machine.Run(SharedMachine.Another, "stop", "--yes", lease);
        Assert.AreEqual(1, stop.ExitCode, stop.Error);
        Assert.DoesNotContain("Ended", stop.Output);
        StringAssert.StartsWith(stop.Output, "Still there, 1 lease:\n");
        StringAssert.Contains(stop.Output, "\nIt belongs to another user and could not be ended by this one.\nNext: run it again, as root ");
        Assert.AreEqual($"{lease["machine/".Length..]} mutex", machine.Do(SharedMachine.Root, "echo $(ls)"));

        // Root may; the mark that says why is gone with the lease.
        stop = machine.Run(SharedMachine.Root, "stop", "--yes", lease);
        Assert.AreEqual(0, stop.ExitCode, stop.Output);
        StringAssert.StartsWith(stop.Output, "Ended 1 lease:\n");
        StringAssert.Contains(SharedMachine.End(holder).Error, "BG1006");
        Assert.AreEqual("mutex", machine.Do(SharedMachine.Root, "echo $(ls)"));
    }

    /// <summary>What others did stands in their trails, but the queue knows which numbers it has given out.</summary>
    [TestMethod]
    public void A_name_under_the_shared_lock_that_nobody_ever_had_is_a_mistake()
    {
        using var machine = new SharedMachine();
        Result ran = machine.Run(SharedMachine.Somebody, [.. s_run, "sh", "-c", "echo $BUILDGUARD_LEASE"]);
        string lease = ran.Output.Trim();
        Result gone = machine.Run(SharedMachine.Another, "stop", "--yes", lease);
        Assert.AreEqual(0, gone.ExitCode, gone.Error);
        Assert.AreEqual("Nothing to stop: there is no such lease any more.\n", gone.Output);
        Result never = machine.Run(SharedMachine.Another, "stop", "--yes", "machine/999-deadbeef");
        Assert.AreEqual(125, never.ExitCode, never.Output);
        StringAssert.Contains(never.ErrorLine, "BG0005: nobody has the lease machine/999-deadbeef, and its lock has not given out that number yet: ");
    }

    /// <summary>A holder of somebody's that is killed while its command has a daemon.</summary>
    private static int LeaveOrphan(SharedMachine machine, out string lease)
    {
        Process holder = machine.Start(SharedMachine.Somebody, [.. s_run, "sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo $! $BUILDGUARD_LEASE; read end"]);
        string[] words = holder.StandardOutput.ReadLine()!.Split(' ');
        lease = words[1];
        holder.Kill();
        holder.WaitForExit();
        return int.Parse(words[0], CultureInfo.InvariantCulture);
    }
}
