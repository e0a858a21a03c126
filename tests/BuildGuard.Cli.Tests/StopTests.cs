using System.Diagnostics;
using System.Text.Json;
using BuildGuard.Cli.Endings;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Tests;

/// <summary>The emergency stop ends what is guarded, and nothing else.</summary>
[TestClass]
public sealed class StopTests
{
    private static readonly string[] AtOnce = ["--preflight", "off"];

    /// <summary>Nothing failed: what was asked about is left, and that is what the exit code says.</summary>
    [TestMethod]
    public void Whoever_answers_no_ends_nothing()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], ["run", .. AtOnce, "--", "sh", "-c", "echo ready; exec cat"]);
        Assert.AreEqual("ready", holder.ReadLine());
        using (var terminal = new ShellTerminal(sandbox))
        {
            terminal.Line("$HELPER stop; echo \"code $?\"");
            terminal.Await("End 1 lease? [y/N] ");
            terminal.Line("n");
            terminal.Await("Nothing was ended.\r\ncode 1\r\n");
        }

        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void Everything_guarded_ends_whoever_waits_is_told_and_nothing_else_is_touched()
    {
        using var sandbox = new Sandbox();
        using Process unguarded = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true })!;
        using Helper holder = sandbox.Start([], ["run", "--label", "nightly", .. AtOnce, "--", "sh", "-c", "setsid sleep 300 <&- >&- 2>&- & echo $!; trap '' TERM; exec cat"]);
        int daemon = int.Parse(holder.ReadLine()!);
        using Helper second = sandbox.Start([], ["run", .. AtOnce, "--", "echo", "mine"]);
        second.AwaitError("BG1001");
        using Helper third = sandbox.Start([], ["session", .. AtOnce, "--label", "dotnet build", "--build", "abc", "--owner-pid", $"{unguarded.Id}"]);
        StringAssert.Contains(third.ReadLine(), "BG1001");

        Result unsure = sandbox.Run("stop");
        Assert.AreEqual(125, unsure.ExitCode);
        StringAssert.Contains(unsure.ErrorLine, "1 lease and 2 that wait would be ended: add --yes");

        JsonElement stopped = sandbox.Run("stop", "--yes", "--json").Json;
        Assert.IsTrue(stopped.GetProperty("over").GetBoolean());
        CollectionAssert.AreEqual(
            new[] { "nightly False", "echo True", "dotnet build True" },
            stopped.GetProperty("ended").EnumerateArray().Select(e => $"{e.GetProperty("label")} {e.GetProperty("waiting")}").ToArray());

        Result first = holder.WaitForEnd();
        Assert.AreEqual(137, first.ExitCode);
        StringAssert.Contains(first.Error, "error BG1006: stopped by 'buildguard stop'; the whole process tree was ended");
        Assert.IsFalse(ReapTests.IsRunning(daemon));
        Result waiter = second.WaitForEnd();
        Assert.AreEqual(143, waiter.ExitCode);
        Assert.AreEqual("", waiter.Output);
        StringAssert.Contains(waiter.Error, "error BG1006: stopped by 'buildguard stop' while it waited for the turn; nothing was run");
        StringAssert.Contains(third.ReadLine(), "BG1006");
        StringAssert.Contains(third.ReadLine(), "\"refused\"");
        Assert.IsFalse(unguarded.HasExited, "it only waited for its turn");
        JsonElement status = sandbox.Run("status", "--json").Json;
        Assert.AreEqual(0, status.GetProperty("leases").GetArrayLength() + status.GetProperty("queue").GetArrayLength());
        Assert.AreEqual(3, sandbox.Run("log").Output.Split('\n').Count(l => l.Contains("  stopped ", StringComparison.Ordinal)));
        Assert.AreEqual("Nothing to stop: nobody holds a lease, and nobody waits.\n", sandbox.Run("stop").Output);
        unguarded.StandardInput.Close();
        unguarded.WaitForExit();
    }

    [TestMethod]
    public void Helpers_that_are_stopped_or_dead_keep_nothing()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], ["run", .. AtOnce, "--", "sh", "-c", "setsid sleep 300 <&- >&- 2>&- & echo $!; exec cat"]);
        int daemon = int.Parse(holder.ReadLine()!);
        using Helper waiter = sandbox.Start([], ["run", .. AtOnce, "--", "echo", "mine"]);
        waiter.AwaitError("BG1001");
        waiter.Signal("STOP");
        holder.Kill();

        Result stopped = sandbox.Run("stop", "--yes");

        Assert.AreEqual(0, stopped.ExitCode, stopped.Output);
        StringAssert.Contains(stopped.Output, "Nothing guarded runs any more, and nobody waits.\nNext: 'buildguard log");
        Assert.IsFalse(ReapTests.IsRunning(daemon));
        Assert.AreEqual("", waiter.WaitForEnd().Output);
    }

    [TestMethod]
    public void A_build_ends_with_its_processes()
    {
        using var sandbox = new Sandbox();
        using Process build = Process.Start(new ProcessStartInfo("sh", ["-c", "trap '' TERM; sleep 300 & echo $!; wait; sleep 300"]) { RedirectStandardOutput = true })!;
        int node = int.Parse(build.StandardOutput.ReadLine()!);
        using Helper session = sandbox.Start([], ["session", .. AtOnce, "--label", "dotnet build", "--build", "abc", "--owner-pid", $"{build.Id}"]);
        StringAssert.Contains(session.ReadLine(), "\"acquired\"");

        JsonElement stopped = sandbox.Run("stop", "--yes", "--json").Json;

        Assert.IsTrue(stopped.GetProperty("over").GetBoolean());
        Assert.AreEqual(build.Id, stopped.GetProperty("ended")[0].GetProperty("pid").GetInt32());
        build.WaitForExit();
        Assert.IsFalse(ReapTests.IsRunning(node));
    }

    [TestMethod]
    public void One_lease_is_ended_and_the_next_in_the_queue_goes_on()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], ["run", .. AtOnce, "--", "cat"]);
        string lease = Helper.Await(() => sandbox.Run("status", "--json").Json.GetProperty("leases"), leases => leases.GetArrayLength() == 1)[0].GetProperty("id").GetString()!;
        using Helper next = sandbox.Start([], ["run", .. AtOnce, "--", "echo", "mine"]);
        next.AwaitError("BG1001");

        StringAssert.Contains(sandbox.Run("stop", "--yes", lease).Output, "Nothing of it runs any more.");

        Assert.AreEqual(137, holder.WaitForEnd().ExitCode);
        Assert.AreEqual("mine\n", next.WaitForEnd().Output);
    }

    /// <summary>What ended without having been asked was not ended by this.</summary>
    [TestMethod]
    public void What_another_user_has_ended_meanwhile_was_not_ended_by_this_one()
    {
        Assert.IsTrue(LeaseId.TryParse("machine/1-00000000", out LeaseId lease));
        var outcome = new StopOutcome(new ShownCommands(() => true, () => "me"));
        outcome.Ended.Add(TargetOf(lease) with { IsAnothers = true });
        using var output = new StringWriter();
        outcome.Show(output, wasEverything: false);
        StringAssert.StartsWith(output.ToString(), "Ended by itself meanwhile, 1 lease of another user, which only that user or root could have ended:\n");
        Assert.DoesNotContain("Ended 1 lease", output.ToString());
    }

    /// <summary>Of both kinds all is named, with what to do.</summary>
    [TestMethod]
    public void What_is_left_is_named_whole()
    {
        Assert.IsTrue(LeaseId.TryParse("user/1-00000000", out LeaseId lease));
        var outcome = new StopOutcome(new ShownCommands(() => true, () => "me"));
        outcome.Left.Add(TargetOf(lease));
        outcome.UnrecordedLeft.Add(new ProcessRow(new ProcessIdentity("boot", 1, 77, 34), 1, "odd", "odd", 0, 0, 0, 'D'));
        using var output = new StringWriter();
        outcome.Show(output, wasEverything: true);
        StringAssert.Contains(output.ToString(), "Still there, 1 lease:\n");
        StringAssert.Contains(output.ToString(), ": odd (pid 77)\n");
        StringAssert.Contains(output.ToString(), "\nNext: run it again");
    }

    /// <summary>A script that wants a lease gone does not care who ended it first; one that has a wrong name has to know.</summary>
    [TestMethod]
    public void A_lease_that_ended_already_is_no_failure_and_one_that_never_was_is_a_mistake()
    {
        using var sandbox = new Sandbox();
        Assert.AreEqual(0, sandbox.Run(["run", .. AtOnce, "--", "sh", "-c", "echo $BUILDGUARD_LEASE > id"]).ExitCode);
        string ended = File.ReadAllText(Path.Combine(sandbox.Work, "id")).Trim();
        foreach (string[] yes in (string[][])[[], ["--yes"]])
        {
            Result gone = sandbox.Run(["stop", ended, .. yes]);
            Assert.AreEqual(0, gone.ExitCode, gone.Error);
            Assert.AreEqual("Nothing to stop: there is no such lease any more.\n", gone.Output);
            Assert.IsTrue(sandbox.Run(["stop", ended, "--json", .. yes]).Json.GetProperty("over").GetBoolean());
            foreach (string never in (string[])["user/999-00000000", "other/1-00000000", $"{ended}/1-00000000", ended[..^1] + (ended[^1] == '0' ? '1' : '0')])
            {
                foreach (string[] json in (string[][])[[], ["--json"]])
                {
                    Result refused = sandbox.Run(["stop", never, .. yes, .. json]);
                    Assert.AreEqual(125, refused.ExitCode, refused.Output);
                    StringAssert.Contains(refused.ErrorLine, $"BG0005: nobody has the lease {never}, and the audit trail, as far as it goes back, knows of none: 'buildguard status' names those that there are (see ");
                    Assert.AreEqual("", refused.Output);
                }
            }
        }

        // Who cannot be asked is believed: it is gone in any case.
        File.Delete(sandbox.AuditFile);
        Directory.CreateDirectory(sandbox.AuditFile);
        Assert.AreEqual(0, sandbox.Run("stop", "user/999-00000000").ExitCode);
    }

    [TestMethod]
    public void A_lease_whose_ticket_cannot_be_read_is_ended_by_its_name()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], ["run", .. AtOnce, "--", "sh", "-c", "echo $BUILDGUARD_LEASE; exec cat"]);
        string lease = holder.ReadLine()!;
        Assert.AreEqual(0, OutputTests.Shell(sandbox, $"printf garbage 1<>\"$BUILDGUARD_STATE_DIR/locks/{lease}\"").ExitCode);

        StringAssert.Contains(sandbox.Run("stop", lease).ErrorLine, "1 that holds or waits with a ticket that cannot be read or is gone would be ended: add --yes");
        Result stopped = sandbox.Run("stop", lease, "--yes");
        Assert.AreEqual(0, stopped.ExitCode, stopped.Output);
        StringAssert.Contains(stopped.Output, $" (pid {holder.Pid})\nNothing of it runs any more.\n");
        Assert.AreEqual(137, holder.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void Whoever_stands_inside_is_refused()
    {
        using var sandbox = new Sandbox();
        Result inside = sandbox.Run(["run", .. AtOnce, "--", .. Helper.Program, "stop", "--yes"]);
        Assert.AreEqual(125, inside.ExitCode);
        StringAssert.Contains(inside.ErrorLine, "this command itself runs inside the lease user/");
    }

    [TestMethod]
    [DataRow("chmod 000", "")]
    [DataRow("chmod 000", "bare")]
    [DataRow("rm -r", "")]
    [DataRow("rm -r", "bare")]
    public void What_a_killed_helper_left_is_ended_without_a_state_directory_too(string damage, string containment)
    {
        using var sandbox = new Sandbox();
        (string, string)[] rung = [("BUILDGUARD_CONTAINMENT", containment)];
        using Helper holder = sandbox.Start(rung, ["run", .. AtOnce, "--", "sh", "-c", "setsid sleep 300 <&- >&- 2>&- & echo $!; env -i setsid sleep 300 <&- >&- 2>&- & exec cat"]);
        int daemon = int.Parse(holder.ReadLine()!);
        holder.Kill();
        string[] words = damage.Split(' ');
        using (Process process = Process.Start(words[0], [.. words[1..], sandbox.State]))
        {
            process.WaitForExit();
        }

        Result unsure = sandbox.Run(rung, "stop");
        Assert.AreEqual(125, unsure.ExitCode);
        StringAssert.Contains(unsure.ErrorLine, "would be ended: add --yes");
        Assert.IsTrue(ReapTests.IsRunning(daemon));
        Result stopped = sandbox.Run(rung, "stop", "--yes");

        Assert.IsFalse(ReapTests.IsRunning(daemon), stopped.Output);
        StringAssert.Contains(stopped.Output, "Ended besides, 2 processes left by leases of which no ticket tells: ");
        Assert.AreEqual(damage == "rm -r" ? 0 : 1, stopped.ExitCode);
        if (Directory.Exists(sandbox.State))
        {
            File.SetUnixFileMode(sandbox.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [TestMethod]
    [DataRow("--all user/1-00000000", "either --all or a lease")]
    [DataRow("nightly", "'nightly' is no lease; expected one as in user/12-9f3a77b0")]
    [DataRow("--now", "--now")]
    [DataRow("--al", "unknown option '--al'; did you mean '--all'?")]
    public void A_mistake_is_one_line_and_nothing_is_ended(string arguments, string expected)
    {
        using var sandbox = new Sandbox();
        Result refused = sandbox.Run(["stop", .. arguments.Split(' ')]);
        Assert.AreEqual(125, refused.ExitCode);
        StringAssert.Contains(refused.ErrorLine, expected);
    }

    /// <summary>In an emergency the state directory may be part of it: the kernel knows who has locks, whatever became of the files.</summary>
    [TestMethod]
    [DataRow("for f in $BUILDGUARD_STATE_DIR/locks/user/[0-9]*; do : > $f; done", "bare")]
    [DataRow("for f in $BUILDGUARD_STATE_DIR/locks/user/[0-9]*; do : > $f; done", "")]
    [DataRow("for f in $BUILDGUARD_STATE_DIR/locks/user/[0-9]*; do printf garbage 1<>$f; done", "bare")]
    [DataRow("rm -rf $BUILDGUARD_STATE_DIR", "bare")]
    [DataRow("rm -rf $BUILDGUARD_STATE_DIR", "")]
    public void Nobody_is_left_whose_ticket_is_damaged_or_gone(string damage, string containment)
    {
        using var sandbox = new Sandbox();
        (string, string)[] variables = [("BUILDGUARD_CONTAINMENT", containment)];
        using Helper holder = sandbox.Start(variables, ["run", .. AtOnce, "--", "sh", "-c", "(setsid sleep 300 <&- >&- 2>&- & echo $!); trap '' TERM; exec cat"]);
        int daemon = int.Parse(holder.ReadLine()!);
        using Process reader = Process.Start(new ProcessStartInfo("flock", [Path.Combine(sandbox.Root, "backup"), "sh", "-c", "exec cat - 9<\"$0\"", Path.Combine(sandbox.State, "locks", "user", "mutex")]) { RedirectStandardInput = true })!;
        Helper[] waiters = [.. Enumerable.Range(0, 3).Select(_ => sandbox.Start(variables, ["run", .. AtOnce, "--", "touch", "started"]))];
        try
        {
            Array.ForEach(waiters, waiter => waiter.AwaitError("BG1001"));
            Assert.AreEqual(0, OutputTests.Shell(sandbox, damage).ExitCode);

            Result unsure = sandbox.Run(variables, "stop");
            Assert.AreEqual(125, unsure.ExitCode, unsure.Output);
            StringAssert.Contains(unsure.Error, "4 that hold or wait with a ticket that cannot be read or is gone would be ended: add --yes");

            Result stopped = sandbox.Run(variables, "stop", "--yes", "--json");
            Assert.AreEqual(0, stopped.ExitCode, stopped.Output);
            CollectionAssert.AreEquivalent(
                (int[])[holder.Pid, .. waiters.Select(waiter => waiter.Pid)],
                stopped.Json.GetProperty("unrecorded").EnumerateArray().Select(one => one.GetProperty("pid").GetInt32()).ToArray());
            Assert.AreNotEqual(0, holder.WaitForEnd().ExitCode);
            Assert.IsFalse(ReapTests.IsRunning(daemon));
            foreach (Helper waiter in waiters)
            {
                Assert.AreNotEqual(0, waiter.WaitForEnd().ExitCode);
            }

            Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "started")), "nobody came to its turn");
            Assert.IsFalse(reader.HasExited, "it only reads a file, and has a lock of its own elsewhere");
        }
        finally
        {
            Array.ForEach(waiters, waiter => waiter.Dispose());
            reader.StandardInput.Close();
            reader.WaitForExit();
        }
    }

    private static StopTarget TargetOf(LeaseId lease) => new(
        lease,
        new LeaseRecord { Kind = LeaseKind.Operation, Holder = new ProcessIdentity("boot", 1, 12, 34), Label = "job", User = "somebody", EnqueuedAt = DateTimeOffset.UnixEpoch },
        IsWaiting: false);
}
