using System.Diagnostics;
using System.Text;

namespace BuildGuard.Cli.Tests;

/// <summary>What has to work when something is wrong works: with settings that make no sense, without a working directory, with hostile state files.</summary>
[TestClass]
public sealed class EmergencyTests
{
    private static readonly string[] Low = ["--memory-threshold", "0.01"];

    [TestMethod]
    [DataRow("echo '{\"maxMemroy\":1}' > buildguard.json", "")]
    [DataRow("echo nonsense > buildguard.json", "")]
    [DataRow("mkfifo buildguard.json", "")]
    [DataRow("true", "BUILDGUARD_MAX_MEMORY=lots")]
    [DataRow("true", "BUILDGUARD_QUIET=maybe")]
    public void Settings_that_cannot_be_understood_stop_neither_stop_nor_reap(string setting, string variable)
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "sh", "-c", "echo ready; read y");
        Assert.AreEqual("ready", holder.ReadLine());
        Result result = OutputTests.Shell(sandbox, $"{setting}; {variable} $HELPER reap && {variable} $HELPER stop --yes");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.Contains(result.Output, "Ended 1 lease:");
        Assert.AreEqual(137, holder.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void A_pipe_in_the_place_of_the_settings_is_said_and_not_waited_for()
    {
        using var sandbox = new Sandbox();
        Result result = OutputTests.Shell(sandbox, "mkfifo buildguard.json; $HELPER run -- true");
        Assert.AreEqual(125, result.ExitCode);
        StringAssert.Contains(result.Error, "BG0004: ");
        StringAssert.Contains(result.Error, "it is no plain file");
    }

    /// <summary>Usual after <c>git worktree remove</c>.</summary>
    [TestMethod]
    [DataRow("run --preflight off -- true", 0)]
    [DataRow("run --preflight off --report r.json -- true", 125)]
    [DataRow("status", 0)]
    [DataRow("queue --json", 0)]
    [DataRow("check", null)]
    [DataRow("log", 0)]
    [DataRow("top", 0)]
    [DataRow("monitor --once --dry-run", 0)]
    [DataRow("reap", 0)]
    [DataRow("stop --yes", 0)]
    [DataRow("report --output -", 0)]
    [DataRow("report", 125)]
    [DataRow("doctor", null)]
    [DataRow("env", 0)]
    [DataRow("init --dry-run", null)]
    [DataRow("hooks status", null)]
    public void A_working_directory_that_was_removed_is_no_reason_to_break_down(string line, int? exitCode)
    {
        using var sandbox = new Sandbox();
        Result result = OutputTests.Shell(sandbox, $"mkdir gone; cd gone; rmdir ../gone; $HELPER {line}");
        Assert.DoesNotContain("Unhandled exception", result.Error);
        Assert.IsTrue(exitCode is { } code ? result.ExitCode == code : result.ExitCode is 0 or 1 or 75 or 125, $"{result.ExitCode}: {result.Error}");
    }

    [TestMethod]
    [DataRow("ln -s ../victim ended", "monitor --once --memory-threshold 0.01")]
    [DataRow("mkfifo ended", "monitor --once --memory-threshold 0.01")]
    [DataRow("ln -s ../victim idle", "reap --idle 1h")]
    [DataRow("mkfifo idle", "reap --idle 1h")]
    public void A_link_or_a_pipe_in_the_place_of_a_state_file_leads_nowhere(string place, string line)
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "sh", "-c", "x=$(head -c 50000000 /dev/zero | tr '\\0' x); echo ready; read y; echo ${#x}");
        Assert.AreEqual("ready", holder.ReadLine());
        string victim = Path.Combine(sandbox.Root, "victim");
        File.WriteAllText(victim, "mine");
        File.SetUnixFileMode(victim, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Result result = OutputTests.Shell(sandbox, $"(cd \"$BUILDGUARD_STATE_DIR\"; {place}); $HELPER {line}");

        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual("mine", File.ReadAllText(victim));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead, File.GetUnixFileMode(victim));
        holder.CloseInput();
        Assert.AreEqual(line.StartsWith("monitor", StringComparison.Ordinal) ? 137 : 0, holder.WaitForEnd().ExitCode, result.Output + result.Error);
    }

    /// <summary>What is read is what was written, whatever stood in the file: the second watch knows of the first.</summary>
    [TestMethod]
    [DataRow("head -c 300 /dev/zero > ended")]
    [DataRow("truncate -s 3G ended")]
    [DataRow("echo x > ended")]
    public void A_note_of_the_watch_is_found_in_a_file_that_held_garbage(string place)
    {
        using var sandbox = new Sandbox();
        Helper[] trees = [.. Enumerable.Range(0, 2).Select(_ => sandbox.Start(
            [("BUILDGUARD_SLOTS", "2")], "run", "--preflight", "off", "--", "sh", "-c", "x=$(head -c 50000000 /dev/zero | tr '\\0' x); echo ready; read y; echo ${#x}"))];
        try
        {
            Array.ForEach(trees, tree => Assert.AreEqual("ready", tree.ReadLine()));
            Result result = OutputTests.Shell(sandbox, $"(cd \"$BUILDGUARD_STATE_DIR\"; {place}); $HELPER monitor --once --memory-threshold 0.01; $HELPER monitor --once --memory-threshold 0.01");
            Assert.AreEqual(0, result.ExitCode, result.Error);
            Assert.AreEqual(2, result.Output.Split("BG3007: ended ").Length, result.Output);
            StringAssert.Contains(result.Output, "what was ended ");
        }
        finally
        {
            foreach (Helper tree in trees)
            {
                tree.CloseInput();
                tree.WaitForEnd();
                tree.Dispose();
            }
        }
    }

    [TestMethod]
    [DataRow("mkdir idle", "idle' cannot be written: Is a directory; remove what stands in its place, or set BUILDGUARD_STATE_DIR to ")]
    [DataRow("echo x > idle; chmod 000 idle", "")]
    [DataRow("head -c 300 /dev/zero > idle", "")]
    [DataRow("truncate -s 3G idle", "")]
    public void What_stands_in_the_place_of_the_notes_of_reap_is_replaced_or_named_and_the_rest_is_done(string place, string problem)
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        Result result = OutputTests.Shell(sandbox, $"(cd \"$BUILDGUARD_STATE_DIR\"; {place}); {OnLinux.UnreadableStateTests.AsUser}reap --idle 1h");
        Assert.AreEqual(problem.Length == 0 ? 0 : 125, result.ExitCode, result.Error);
        StringAssert.Matches(result.Output, new("^Nothing to reap: no lease has a dead holder.\n(No leftovers of|Of) the tool chain"));
        StringAssert.Contains(problem.Length == 0 ? result.Error : result.ErrorLine, problem);
    }

    [TestMethod]
    [DataRow("mkdir ended", "ended' cannot be opened: Is a directory; remove what stands in its place, or set BUILDGUARD_STATE_DIR to ")]
    [DataRow("echo x > ended; chmod 000 ended", "ended' cannot be opened: Permission denied; make it readable and writable, or set BUILDGUARD_STATE_DIR to ")]
    public void What_stands_in_the_place_of_the_note_of_the_watch_is_named_once_and_the_watch_goes_on(string place, string problem)
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "sh", "-c", "x=$(head -c 50000000 /dev/zero | tr '\\0' x); echo ready; read y; echo ${#x}");
        Assert.AreEqual("ready", holder.ReadLine());
        Result result = OutputTests.Shell(sandbox, $"(cd \"$BUILDGUARD_STATE_DIR\"; {place}); {OnLinux.UnreadableStateTests.AsUser}monitor --once --memory-threshold 0.01");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual(2, result.Output.Split(problem).Length, result.Output);
        Assert.AreEqual(137, holder.WaitForEnd().ExitCode);
    }

    /// <summary>One that has been watching for long and one that looks once, as from cron.</summary>
    [TestMethod]
    public void Two_watches_end_one_operation_for_one_want_of_memory()
    {
        using var sandbox = new Sandbox();
        Helper[] trees = [.. Enumerable.Range(0, 3).Select(_ => sandbox.Start(
            [("BUILDGUARD_SLOTS", "3")], "run", "--preflight", "off", "--", "sh", "-c", "x=$(head -c 50000000 /dev/zero | tr '\\0' x); echo ready; read y; echo ${#x}"))];
        try
        {
            Array.ForEach(trees, tree => Assert.AreEqual("ready", tree.ReadLine()));
            using Helper watch = sandbox.Start([], ["monitor", "--json", "--interval", "2s", .. Low]);
            while (watch.ReadLine() is { } line && !line.Contains("BG3007", StringComparison.Ordinal))
            {
            }

            // The one that looks once comes later, and finds the note; then the one that runs finds the note of another.
            Result once = sandbox.Run(["monitor", "--once", "--json", .. Low]);
            Assert.DoesNotContain("BG3007", once.Output);
            File.WriteAllBytes(Path.Combine(sandbox.State, "ended"), Encoding.UTF8.GetBytes(
                $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()} {Environment.TickCount64} 99.00".PadRight(95) + "\n"));
            for (int looks = 0; looks < 2;)
            {
                string next = watch.ReadLine()!;
                Assert.DoesNotContain("BG3007", next, "another watch has just ended something");
                looks += next.Contains("\"event\":\"sample\"", StringComparison.Ordinal) ? 1 : 0;
            }

            watch.Terminate();
            watch.WaitForEnd();
            Assert.AreEqual(2, sandbox.Run("status", "--json").Json.GetProperty("leases").GetArrayLength());
        }
        finally
        {
            foreach (Helper tree in trees)
            {
                tree.CloseInput();
                tree.WaitForEnd();
                tree.Dispose();
            }
        }
    }

    [TestMethod]
    [DataRow("TERM", 143)]
    [DataRow("INT", 130)]
    public void A_report_into_a_pipe_that_nobody_reads_can_be_ended(string signal, int exitCode)
    {
        using var sandbox = new Sandbox();
        Assert.AreEqual(0, OutputTests.Shell(sandbox, "mkfifo pipe").ExitCode);
        using Helper run = sandbox.Start([], "run", "--preflight", "off", "--report", "pipe", "--", "true");
        Helper.Await(() => File.ReadAllText($"/proc/{run.Pid}/task/{run.Pid}/wchan"), place => place.Contains("wait_for_partner", StringComparison.Ordinal));
        run.Signal(signal);
        Assert.AreEqual(exitCode, run.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void Who_holds_and_waits_is_shown_though_the_tickets_were_deleted()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "sh", "-c", "echo ready; read y; true");
        Assert.AreEqual("ready", holder.ReadLine());
        foreach (string file in Directory.GetFiles(Path.Combine(sandbox.State, "locks", "user")))
        {
            File.Delete(file);
        }

        string line = $"(pid {holder.Pid}) holds or waits with a ticket that cannot be read or is gone; 'buildguard stop' ends it.\n";
        Result status = sandbox.Run("status");
        StringAssert.Contains(status.Output, line);
        Assert.DoesNotContain("Nobody holds", status.Output);
        StringAssert.Contains(sandbox.Run("queue").Output, line);
        Assert.AreEqual(holder.Pid, sandbox.Run("status", "--json").Json.GetProperty("unrecorded")[0].GetProperty("pid").GetInt32());
        StringAssert.Contains(sandbox.Run("doctor").Output, $" (pid {holder.Pid}) holds a lock of the guard's or waits for one, and its ticket is gone");
        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
        Assert.IsFalse(sandbox.Run("status", "--json").Json.TryGetProperty("unrecorded", out _));
    }

    /// <summary>The build goes on, and what it runs then stands inside it.</summary>
    [TestMethod]
    public void A_damaged_ticket_of_a_build_whose_helper_was_killed_is_shown_and_the_build_does_not_wait_for_itself()
    {
        using var sandbox = new Sandbox();
        using Process build = Process.Start(new ProcessStartInfo("flock", [Path.Combine(sandbox.Root, "f"), "cat"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using Helper session = sandbox.Start([], "session", "--preflight", "off", "--label", "dotnet build", "--build", "abc", "--owner-pid", $"{build.Id}");
        StringAssert.Contains(session.ReadLine(), "\"acquired\"");
        string id = sandbox.Run("status", "--json").Json.GetProperty("leases")[0].GetProperty("id").GetString()!;
        string ticket = Path.Combine(sandbox.State, "locks", id);

        // As the build's own process keeps it.
        using Process owner = Process.Start(new ProcessStartInfo("flock", [ticket + ".owner", "cat"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Helper.Await(() => File.ReadAllText("/proc/locks"), locks => locks.Contains($" {owner.Id} ", StringComparison.Ordinal));
        session.Signal("KILL");
        session.WaitForEnd();
        using (Process shell = Process.Start("sh", ["-c", "printf garbage 1<>\"$0\"", ticket]))
        {
            shell.WaitForExit();
        }

        StringAssert.Contains(sandbox.Run("status").Output, $"Somebody holds {id}, and it cannot be told who: the ticket is damaged.");
        Result inside = sandbox.Run([("BUILDGUARD_LEASE", id)], "run", "--preflight", "off", "--", "sh", "-c", "echo $BUILDGUARD_LEASE");
        Assert.AreEqual(0, inside.ExitCode, inside.Error);
        StringAssert.StartsWith(inside.Output, id + "/");
        owner.StandardInput.Close();
        owner.WaitForExit();
        build.StandardInput.Close();
        build.WaitForExit();
    }
}
