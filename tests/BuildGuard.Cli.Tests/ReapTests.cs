using System.Diagnostics;
using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>What the holders of dead leases left is ended without waiting for the next in the queue.</summary>
[TestClass]
public sealed class ReapTests
{
    private static readonly string[] AtOnce = ["--preflight", "off"];

    [TestMethod]
    public void What_a_killed_helper_left_is_shown_and_then_ended()
    {
        using var sandbox = new Sandbox();
        int[] left = LeaveBehind(sandbox, "nightly");

        JsonElement shown = sandbox.Run("reap", "--dry-run", "--json").Json;
        Assert.IsTrue(shown.GetProperty("dryRun").GetBoolean());
        JsonElement lease = shown.GetProperty("leases").EnumerateArray().Single();
        Assert.AreEqual("nightly", lease.GetProperty("label").GetString());
        Assert.AreEqual("operation", lease.GetProperty("kind").GetString());
        CollectionAssert.IsSubsetOf(left, lease.GetProperty("processes").EnumerateArray().Select(p => p.GetProperty("pid").GetInt32()).ToArray());
        Assert.IsTrue(left.All(IsRunning), "a dry run ended something");
        StringAssert.StartsWith(sandbox.Run("reap", "--dry-run").Output, "Would end nightly, whose holder (pid ");

        Result reaped = sandbox.Run("reap");
        Assert.AreEqual(0, reaped.ExitCode, reaped.Error);
        StringAssert.Matches(reaped.Output, new(@"\AEnded nightly, whose holder \(pid \d+\) died: [23] processes\n"));
        Assert.DoesNotContain(IsRunning, left);
        Assert.AreEqual(0, sandbox.Run("status", "--json").Json.GetProperty("leases").GetArrayLength());
        string log = sandbox.Run("log", "--json").Output;
        StringAssert.Matches(log, new("(?m)^.*\"event\":\"killed\".*\"label\":\"nightly\".*\"code\":\"BG1002\".*$"));
        StringAssert.Contains(log, "\"code\":\"BG4001\"");
    }

    [TestMethod]
    public void A_dead_lease_of_which_nothing_runs_any_more_is_cleared_away_and_not_said_to_be_ended()
    {
        using var sandbox = new Sandbox();
        foreach (int left in LeaveBehind(sandbox, "nightly"))
        {
            Process.GetProcessById(left).Kill();
            Helper.Await(() => IsRunning(left), runs => !runs);
        }

        Helper.Await(() => sandbox.Run("status", "--json").Json, s => s.GetProperty("leases")[0].GetProperty("processes").GetArrayLength() == 0);
        StringAssert.Matches(sandbox.Run("reap", "--dry-run").Output, new(@"\AWould clear away nightly, whose holder \(pid \d+\) died and left nothing running\n"));
        StringAssert.Matches(sandbox.Run("reap").Output, new(@"\ACleared away nightly, whose holder \(pid \d+\) died and left nothing running\n"));
    }

    [TestMethod]
    public void Queue_and_monitor_tell_that_the_holder_died()
    {
        using var sandbox = new Sandbox();
        LeaveBehind(sandbox, "nightly");
        StringAssert.Matches(
            sandbox.Run("queue").Output,
            new(@"\Anightly \(pid \d+\) has had the turn for \S+ \(holder died; the next one, or 'buildguard reap', ends what it left\)\nNobody waits "));
        StringAssert.Contains(sandbox.Run("monitor", "--once").Output, "warning BG1008: a lease has lost the holder, which was killed: nightly. ");
        Assert.AreEqual(0, sandbox.Run("reap").ExitCode);
        Assert.DoesNotContain("BG1008", sandbox.Run("monitor", "--once").Output);
    }

    [TestMethod]
    public void A_stop_tells_whose_holder_was_dead_before()
    {
        using var sandbox = new Sandbox();
        LeaveBehind(sandbox, "nightly");
        Result stopped = sandbox.Run("stop", "--yes", "--json");
        Assert.AreEqual(0, stopped.ExitCode, stopped.Error);
        Assert.IsFalse(stopped.Json.GetProperty("ended")[0].GetProperty("holderAlive").GetBoolean());
        LeaveBehind(sandbox, "nightly");
        StringAssert.Matches(sandbox.Run("stop", "--yes").Output, new(@"\AEnded 1 lease:\n  operation  pid \d+, dead already  user/\S+ +nightly\n"));
    }

    [TestMethod]
    public void Where_nobody_died_nothing_is_done()
    {
        using var sandbox = new Sandbox();
        Assert.AreEqual("Nothing to reap: no lease has a dead holder.\n", sandbox.Run("reap").Output);
        using Helper holder = sandbox.Start([], ["run", .. AtOnce, "--", "cat"]);
        Helper.Await(() => sandbox.Run("status", "--json").Json.GetProperty("leases").GetArrayLength(), count => count == 1);

        Assert.AreEqual("Nothing to reap: no lease has a dead holder.\n", sandbox.Run("reap").Output);

        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void A_build_whose_helper_was_killed_keeps_the_turn_and_those_who_wait_are_told_so()
    {
        using var sandbox = new Sandbox();

        // Not we ourselves: whoever descends from the build stands inside its lease.
        using Process build = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true })!;
        using Helper session = sandbox.Start([], ["session", .. AtOnce, "--label", "dotnet build", "--build", "abc", "--owner-pid", $"{build.Id}"]);
        string ownerFile = JsonDocument.Parse(session.ReadLine()!).RootElement.GetProperty("ownerFile").GetString()!;
        using (new FileStream(ownerFile, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            session.Kill();
            Assert.AreEqual("Nothing to reap: no lease has a dead holder.\n", sandbox.Run("reap").Output);

            using Helper waiter = sandbox.Start([], ["run", .. AtOnce, "--", "echo", "mine"]);
            waiter.AwaitError("BG1001");
            Helper.Await(() => sandbox.Run("queue", "--json").Json.GetProperty("queue").GetArrayLength(), count => count == 1);
            JsonElement lease = sandbox.Run("status", "--json").Json.GetProperty("leases")[0];
            Assert.AreEqual(build.Id, lease.GetProperty("pid").GetInt32());
            Assert.IsTrue(lease.GetProperty("holderAlive").GetBoolean());
            StringAssert.Contains(sandbox.Run("status").Output, "(keeps it until the build ends, though the helper that held it was killed)");
            waiter.Terminate();
            Result left = waiter.WaitForEnd();
            Assert.AreEqual("", left.Output);
            StringAssert.Contains(
                left.ErrorLine,
                $"'dotnet build' (pid {build.Id}) has had it for ");
            StringAssert.Contains(left.ErrorLine, ", and keeps it until the build ends, though the helper that held it was killed");
        }

        Result next = sandbox.Run(["run", .. AtOnce, "--", "echo", "mine"]);
        Assert.AreEqual("mine\n", next.Output);
        StringAssert.Contains(next.ErrorLine, "BG1002");
        build.StandardInput.Close();
        build.WaitForExit();
    }

    [TestMethod]
    public void What_is_no_option_of_it_is_refused()
    {
        using var sandbox = new Sandbox();
        Result refused = sandbox.Run("reap", "--all");
        Assert.AreEqual(125, refused.ExitCode);
        StringAssert.Contains(refused.ErrorLine, "BG0005");
    }

    /// <summary>The name of a lease stands on the ticket; what it left is known by its mark as well.</summary>
    [TestMethod]
    [DataRow("")]
    [DataRow("bare")]
    public void What_no_ticket_tells_of_is_told_and_ended_by_the_next_command(string containment)
    {
        using var sandbox = new Sandbox();
        (string, string)[] rung = [("BUILDGUARD_CONTAINMENT", containment)];
        int[] left = LeaveBehind(sandbox, "nightly", rung);
        foreach (string ticket in Directory.GetFiles(Path.Combine(sandbox.State, "locks", "user"), "*-*"))
        {
            File.Delete(ticket);
        }

        Result told = sandbox.Run(rung, "reap");
        StringAssert.StartsWith(told.Output, "2 processes left by leases of which no ticket tells: the next guarded command ends them, or 'buildguard stop'\n");
        Assert.IsTrue(Array.TrueForAll(left, pid => told.Output.Contains($" {pid} ", StringComparison.Ordinal) && IsRunning(pid)), told.Output);
        CollectionAssert.AreEquivalent(left, sandbox.Run(rung, "reap", "--json").Json.GetProperty("untold").EnumerateArray().Select(e => e.GetProperty("pid").GetInt32()).ToArray());

        StringAssert.Contains(sandbox.Run(rung, "status").Output, "Nobody holds the turn.\n2 processes left by leases of which no ticket tells: ");
        StringAssert.Contains(sandbox.Run(rung, "doctor").Output, "BG1008: 2 processes left by leases of which no ticket tells: sleep (pid ");

        Result next = sandbox.Run(rung, ["run", .. AtOnce, "--", "true"]);
        Assert.AreEqual(0, next.ExitCode, next.Error);
        Assert.IsFalse(Array.Exists(left, IsRunning), next.Error);
        Assert.AreEqual("Nothing to reap: no lease has a dead holder.\n", sandbox.Run(rung, "reap").Output);
    }

    /// <summary>Kills a helper with -9; tells the processes that it left, all of which run.</summary>
    private static int[] LeaveBehind(Sandbox sandbox, string label, params (string, string)[] variables)
    {
        using Helper holder = sandbox.Start(variables, ["run", "--label", label, .. AtOnce, "--", "sh", "-c",
            "setsid sleep 300 <&- >&- 2>&- & echo $!; env -i setsid sleep 300 <&- >&- 2>&- & echo $!; exec cat"]);
        int[] left = [int.Parse(holder.ReadLine()!), int.Parse(holder.ReadLine()!)];
        Helper.Await(() => left.All(IsAsleep), ready => ready);
        holder.Kill();
        return left;
    }

    private static bool IsAsleep(int pid) => File.ReadAllText($"/proc/{pid}/cmdline").StartsWith("sleep", StringComparison.Ordinal);

    /// <summary>One that has ended may wait for its parent to notice.</summary>
    internal static bool IsRunning(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
