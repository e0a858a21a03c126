using System.Globalization;

namespace BuildGuard.Cli.Tests;

/// <summary>The process of a command that waits for its turn is there already; nobody but the queue may notice.</summary>
[TestClass]
public sealed class PreparedTests
{
    private static readonly string[] Run = ["run", "--preflight", "off", "--"];

    [TestMethod]
    public void It_uses_no_time_and_executes_nothing_before_its_turn()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, out int prepared, "sh", "-c", "touch ran; echo $$");
        Assert.AreEqual(ExecutableOf(waiter.Pid), ExecutableOf(prepared));
        Assert.AreEqual(0, TicksOf(prepared));
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "ran")));
        End(holder);
        Result done = waiter.WaitForEnd();
        Assert.AreEqual(0, done.ExitCode, done.Error);
        Assert.AreEqual($"{prepared}", done.Output.Trim(), "it is that process that becomes the command");
    }

    [TestMethod]
    public void A_waiter_that_is_killed_leaves_neither_a_process_nor_a_group()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, out int prepared, "touch", "ran");
        string ticket = TicketOf(sandbox, 2);
        Assert.HasCount(GroupsOf(TicketOf(sandbox, 1)).Length, GroupsOf(ticket), "it has what the holder has");
        waiter.Kill();
        _ = Helper.Await(() => Directory.Exists($"/proc/{prepared}"), there => !there);
        End(holder);
        Assert.AreEqual(0, sandbox.Run([.. Run, "true"]).ExitCode);
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "ran")));
        Assert.IsEmpty(GroupsOf(ticket));
    }

    [TestMethod]
    public void A_waiter_that_is_asked_to_leave_leaves_nothing_from_then_on()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, out int prepared, "touch", "ran");
        string ticket = TicketOf(sandbox, 2);
        waiter.Terminate();
        Assert.AreEqual(143, waiter.WaitForEnd().ExitCode);
        Assert.IsFalse(Directory.Exists($"/proc/{prepared}"));
        Assert.IsEmpty(GroupsOf(ticket));
        End(holder);
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "ran")));
    }

    [TestMethod]
    public void Whoever_kills_it_before_its_turn_changes_nothing()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, out int prepared, "echo", "done");
        Helper.Signal(prepared, "KILL");
        _ = Helper.Await(() => StateOf(prepared), state => state == 'Z');
        End(holder);
        Result done = waiter.WaitForEnd();
        Assert.AreEqual((0, "done"), (done.ExitCode, done.Output.Trim()), done.Error);
    }

    [TestMethod]
    public void Whoever_stops_it_or_signals_it_before_its_turn_changes_nothing()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, out int prepared, "echo", "done");
        foreach (string signal in (string[])["TERM", "INT", "TSTP", "STOP"])
        {
            Helper.Signal(prepared, signal);
        }

        _ = Helper.Await(() => StateOf(prepared), state => state == 'T');
        End(holder);
        Result done = waiter.WaitForEnd();
        Assert.AreEqual((0, "done"), (done.ExitCode, done.Output.Trim()), done.Error);
    }

    [TestMethod]
    public void It_keeps_nobody_waiting_by_a_lock()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, out int prepared, "true");
        Assert.IsNotEmpty(FilesOf(waiter.Pid, sandbox.State));
        _ = Helper.Await(() => FilesOf(prepared, sandbox.State).Length, count => count == 0);
        End(holder);
        Assert.AreEqual(0, waiter.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void Whose_place_was_lost_runs_under_the_name_of_the_new_one()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, out _, "sh", "-c", "echo $BUILDGUARD_LEASE");
        string lost = TicketOf(sandbox, 2);
        File.Delete(Path.Combine(sandbox.State, "locks", "user", lost));
        End(holder);
        Result done = waiter.WaitForEnd();
        Assert.AreEqual(0, done.ExitCode, done.Error);
        string released = File.ReadLines(sandbox.AuditFile).Last(line => line.Contains("\"released\"", StringComparison.Ordinal));
        Assert.DoesNotContain(lost, done.Output);
        StringAssert.Contains(released, $"\"{done.Output.Trim()}\"");
        Assert.IsEmpty(GroupsOf(lost));
    }

    [TestMethod]
    public void A_script_without_a_first_line_is_run_by_the_shell()
    {
        using var sandbox = new Sandbox();
        string script = Executable(sandbox, "script", "echo from the shell $1");
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, out _, script, "too");
        End(holder);
        Result done = waiter.WaitForEnd();
        Assert.AreEqual((0, "from the shell too"), (done.ExitCode, done.Output.Trim()), done.Error);
    }

    [TestMethod]
    public void A_command_that_went_while_it_waited_is_not_found()
    {
        using var sandbox = new Sandbox();
        string script = Executable(sandbox, "script", "#!/bin/sh");
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, out _, script);
        string ticket = TicketOf(sandbox, 2);
        File.Delete(script);
        End(holder);
        Result done = waiter.WaitForEnd();
        Assert.AreEqual(127, done.ExitCode, done.Error);
        StringAssert.Contains(done.Error, "was not found");
        Assert.IsEmpty(GroupsOf(ticket));
    }

    [TestMethod]
    public void A_command_that_was_built_anew_while_it_waited_is_the_new_one()
    {
        using var sandbox = new Sandbox();
        string script = Executable(sandbox, "script", "#!/bin/sh\necho old");
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, out _, script);
        File.Delete(script);
        _ = Executable(sandbox, "script", "#!/bin/sh\necho new");
        End(holder);
        Assert.AreEqual("new", waiter.WaitForEnd().Output.Trim());
    }

    [TestMethod]
    public void Inside_a_lease_nobody_prepares_for_that_would_count_against_its_limits()
    {
        using var sandbox = new Sandbox();
        using Helper outer = Hold(sandbox);
        (string, string)[] inside = [("BUILDGUARD_LEASE", sandbox.Run("status", "--json").Json.GetProperty("leases")[0].GetProperty("id").GetString()!)];
        using Helper holder = sandbox.Start(inside, [.. Run, "sh", "-c", "echo ready; read go"]);
        Assert.AreEqual("ready", holder.ReadLine());
        using Helper waiter = sandbox.Start(inside, [.. Run, "true"]);
        _ = Helper.Await(() => File.ReadAllText($"/proc/{waiter.Pid}/task/{waiter.Pid}/wchan"), place => place.Contains("lock_inode_wait", StringComparison.Ordinal));
        Assert.IsEmpty(ChildrenOf(waiter.Pid));
        End(holder);
        Assert.AreEqual(0, waiter.WaitForEnd().ExitCode);
        End(outer);
    }

    private static Helper Hold(Sandbox sandbox)
    {
        Helper holder = sandbox.Start([], [.. Run, "sh", "-c", "echo ready; read go"]);
        Assert.AreEqual("ready", holder.ReadLine());
        return holder;
    }

    private static void End(Helper holder)
    {
        holder.CloseInput();
        _ = holder.WaitForEnd();
    }

    private static Helper Wait(Sandbox sandbox, out int prepared, params string[] command)
    {
        Helper waiter = sandbox.Start([], [.. Run, .. command]);
        waiter.AwaitError("BG1001");
        prepared = Helper.Await(() => ChildrenOf(waiter.Pid), children => children.Length == 1)[0];
        _ = Helper.Await(() => StateOf(waiter.Pid), state => state == 'S');
        return waiter;
    }

    private static string TicketOf(Sandbox sandbox, int number) =>
        Path.GetFileName(Directory.GetFiles(Path.Combine(sandbox.State, "locks", "user"), $"{number}-*").Single());

    private static string[] GroupsOf(string ticket) => !Directory.Exists("/sys/fs/cgroup")
        ? []
        : Directory.GetDirectories("/sys/fs/cgroup", $"buildguard-*-user.{ticket}", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true });

    private static int[] ChildrenOf(int pid) => [.. Directory.GetDirectories($"/proc/{pid}/task").SelectMany(task => Words(Path.Combine(task, "children"))).Select(word => int.Parse(word, CultureInfo.InvariantCulture))];

    private static string[] Words(string file)
    {
        try
        {
            return File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            // The thread has ended.
            return [];
        }
    }

    private static string[] FilesOf(int pid, string directory) => [.. Directory.GetFiles($"/proc/{pid}/fd")
        .Select(link => File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName ?? "")
        .Where(file => file.StartsWith(directory, StringComparison.Ordinal))];

    private static string? ExecutableOf(int pid) => File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName;

    private static char StateOf(int pid) => Fields(pid)[0][0];

    /// <summary>CPU time of the process, of user and kernel, in ticks.</summary>
    private static int TicksOf(int pid) => int.Parse(Fields(pid)[11], CultureInfo.InvariantCulture) + int.Parse(Fields(pid)[12], CultureInfo.InvariantCulture);

    private static string[] Fields(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static string Executable(Sandbox sandbox, string name, string text)
    {
        string path = Path.Combine(sandbox.Work, name);
        File.WriteAllText(path, text + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
