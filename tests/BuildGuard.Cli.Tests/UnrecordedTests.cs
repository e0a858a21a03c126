using System.Diagnostics;
using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>Who holds or waits though no ticket tells of it is guarded as ever: shown, counted, warned of, and ended alone.</summary>
[TestClass]
public sealed class UnrecordedTests
{
    private const string Delete = "rm \"$BUILDGUARD_STATE_DIR/locks/$TICKET\"";
    private const string Empty = ": > \"$BUILDGUARD_STATE_DIR/locks/$TICKET\"";
    private const string Remove = "rm -r \"$BUILDGUARD_STATE_DIR\"";

    private static readonly string[] AtOnce = ["--preflight", "off"];
    private static readonly string[] Low = ["--memory-threshold", "0.01"];

    private static string Hoard(int megabytes) => $"x=$(head -c {megabytes}000000 /dev/zero | tr '\\0' x); echo $BUILDGUARD_LEASE; read y; echo ${{#x}}";

    [TestMethod]
    [DataRow(Delete, "nightly", ", 1 without a ticket")]
    [DataRow(Empty, null, ", 1 unreadable")]
    [DataRow(Remove, "nightly", ", 1 without a ticket")]
    public void A_holder_is_shown_by_top_as_by_status_and_watched_like_any_other(string damage, string? label, string count)
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], ["run", "--label", "nightly", .. AtOnce, "--", "sh", "-c", Hoard(50)]);
        string lease = holder.ReadLine()!;
        Damage(sandbox, lease, damage);

        string line = sandbox.Run("status").Output.Split('\n').Single(text => text.Contains($"(pid {holder.Pid}) holds or waits with ", StringComparison.Ordinal));
        string top = sandbox.Run("top").Output;
        StringAssert.Contains(top, $"\n{line}\n");
        StringAssert.StartsWith(top, $"buildguard top  0 leases, 0 waiting{count}  ");

        JsonElement[] lines = Lines(sandbox.Run(["monitor", "--once", "--dry-run", "--json", "--held-threshold", "1ms", .. Low]));
        JsonElement tree = lines[0].GetProperty("trees")[0];
        Assert.AreEqual(lease, tree.GetProperty("lease").GetString());
        Assert.AreEqual(holder.Pid, tree.GetProperty("pid").GetInt32());
        Assert.AreEqual(label ?? line.Split(' ')[0], tree.GetProperty("label").GetString());
        Assert.IsTrue(tree.GetProperty("unrecorded").GetBoolean());
        Assert.IsGreaterThan(40_000_000, tree.GetProperty("memoryBytes").GetInt64());
        CollectionAssert.AreEqual(new[] { "BG1007", "BG3006", "BG3007" }, Codes(lines).Order().ToArray());

        lines = Lines(sandbox.Run(["monitor", "--once", "--json", .. Low]));
        CollectionAssert.Contains(Codes(lines), "BG3007");
        Result end = holder.WaitForEnd();
        Assert.AreNotEqual(0, end.ExitCode);
        Assert.DoesNotContain("50000000", end.Output);
        StringAssert.Contains(end.Error, "BG1006: stopped by 'buildguard monitor'");

        Assert.AreEqual(0, Lines(sandbox.Run("monitor", "--once", "--json"))[0].GetProperty("trees").GetArrayLength());
    }

    [TestMethod]
    public void Inside_another_lease_it_is_counted_once_and_ended_alone()
    {
        using var sandbox = new Sandbox();
        string helper = string.Join(' ', Helper.Program);
        string inner = $"{helper} run --label inner --preflight off -- sh -c '{Hoard(150).Replace("'\\0'", "\"\\\\0\"", StringComparison.Ordinal)}'; echo ended $?; read z; exit 3";
        using Helper holder = sandbox.Start([], ["run", "--label", "outer", .. AtOnce, "--", "sh", "-c", inner]);
        string lease = holder.ReadLine()!;
        Damage(sandbox, lease, Delete);

        JsonElement sample = Lines(sandbox.Run("monitor", "--once", "--json"))[0];
        CollectionAssert.AreEqual(new[] { "outer", "inner" }, sample.GetProperty("trees").EnumerateArray().Select(tree => tree.GetProperty("label").GetString()).ToArray());
        Assert.IsGreaterThan(140_000_000, sample.GetProperty("trees")[1].GetProperty("memoryBytes").GetInt64());
        Assert.IsLessThan(140_000_000, sample.GetProperty("trees")[0].GetProperty("memoryBytes").GetInt64());

        Assert.AreEqual(0, sandbox.Run(["monitor", "--once", .. Low]).ExitCode);
        Assert.AreEqual("ended 137", holder.ReadLine());
        holder.CloseInput();
        Assert.AreEqual(3, holder.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void What_stands_inside_one_whose_ticket_is_gone_is_shown_with_its_name()
    {
        using var sandbox = new Sandbox();
        string helper = string.Join(' ', Helper.Program);
        using Helper holder = sandbox.Start([], ["run", "--label", "outer", .. AtOnce, "--", "sh", "-c", $"{helper} run --label inner --preflight off -- sh -c 'echo $BUILDGUARD_LEASE; read y; true'"]);
        string inner = holder.ReadLine()!, outer = inner[..inner.LastIndexOf('/')];
        using Helper waiter = sandbox.Start([("BUILDGUARD_LEASE", outer)], ["run", "--label", "later", .. AtOnce, "--", "true"]);
        waiter.AwaitError("BG1001");
        Damage(sandbox, outer, Delete);

        JsonElement status = sandbox.Run("status", "--json").Json;
        Assert.AreEqual(inner, status.GetProperty("leases").EnumerateArray().Single().GetProperty("id").GetString());
        Assert.AreEqual("later", status.GetProperty("queue").EnumerateArray().Single().GetProperty("label").GetString());
        Assert.AreEqual(holder.Pid, status.GetProperty("unrecorded").EnumerateArray().Single().GetProperty("pid").GetInt32());
        StringAssert.Contains(sandbox.Run("queue").Output, "  later");
        string top = sandbox.Run("top").Output;
        StringAssert.Matches(top, new(@"(?m)^ operation outer \(no ticket\) .*\n( {3}.*\n)* {3}operation inner "));
        StringAssert.StartsWith(top, "buildguard top  1 lease, 1 waiting, 1 without a ticket  ");

        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
        Assert.AreEqual(0, waiter.WaitForEnd().ExitCode);
    }

    /// <summary>The ticket of what stands inside is whole: it tells who that is.</summary>
    [TestMethod]
    public void What_stands_inside_one_whose_ticket_is_damaged_has_its_figures_and_its_name_and_the_damage_is_said_once()
    {
        using var sandbox = new Sandbox();
        string helper = string.Join(' ', Helper.Program);
        using Helper holder = sandbox.Start([], ["run", "--label", "outer", .. AtOnce, "--", "sh", "-c", $"{helper} run --label inner --preflight off -- sh -c '{Hoard(50).Replace("'\\0'", "\"\\\\0\"", StringComparison.Ordinal)}'; true"]);
        string inner = holder.ReadLine()!, outer = inner[..inner.LastIndexOf('/')];
        Damage(sandbox, outer, "printf garbage > \"$BUILDGUARD_STATE_DIR/locks/$TICKET\"");

        // A dead one of somebody who came and went.
        Damage(sandbox, "user/9-deadbeef", "printf garbage > \"$BUILDGUARD_STATE_DIR/locks/$TICKET\"");
        JsonElement sample = Lines(sandbox.Run("monitor", "--once", "--json"))[0];
        JsonElement[] trees = [.. sample.GetProperty("trees").EnumerateArray()];
        CollectionAssert.AreEquivalent(new[] { inner, outer }, trees.Select(tree => tree.GetProperty("lease").GetString()).ToArray());
        JsonElement tree = trees.Single(tree => tree.GetProperty("lease").GetString() == inner);
        Assert.AreEqual("inner", tree.GetProperty("label").GetString());
        Assert.IsFalse(tree.TryGetProperty("unrecorded", out _));
        Assert.IsGreaterThan(40_000_000, tree.GetProperty("memoryBytes").GetInt64());
        StringAssert.Contains(sandbox.Run("status").Output, "  operation inner  pid ");

        using Helper monitor = sandbox.Start([], "monitor", "--interval", "100ms", "--held-threshold", "1ms");
        StringAssert.Contains(monitor.ReadLine(), ", 2 leases with ");
        StringAssert.Contains(monitor.ReadLine(), Said(outer));
        StringAssert.Contains(monitor.ReadLine(), "BG1007");

        // What a later look finds is the next that is said.
        Damage(sandbox, inner, Empty);
        StringAssert.Contains(monitor.ReadLine(), Said(inner));
        monitor.Terminate();
        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);

        static string Said(string lease) => $" Somebody holds {lease}, and it cannot be told who: the ticket is damaged.";
    }

    [TestMethod]
    [DataRow(Delete)]
    [DataRow(Empty)]
    public void One_that_waits_is_no_tree(string damage)
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], ["run", .. AtOnce, "--", "sh", "-c", "echo $BUILDGUARD_LEASE; read y; true"]);
        string lease = holder.ReadLine()!;
        using Helper waiter = sandbox.Start([], ["run", .. AtOnce, "--", "true"]);
        waiter.AwaitError("BG1001");
        string waiting = "user/" + Path.GetFileName(Directory.GetFiles(Path.Combine(sandbox.State, "locks", "user"), "2-*").Single());
        Damage(sandbox, waiting, damage);
        JsonElement trees = Lines(sandbox.Run("monitor", "--once", "--json"))[0].GetProperty("trees");
        Assert.AreEqual(lease, trees.EnumerateArray().Single().GetProperty("lease").GetString());
        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
        waiter.WaitForEnd();
    }

    [TestMethod]
    public void A_lease_can_be_stopped_by_its_name_though_its_ticket_was_deleted()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([("BUILDGUARD_SLOTS", "2")], ["run", .. AtOnce, "--", "sh", "-c", "echo $BUILDGUARD_LEASE; read y"]);
        using Helper other = sandbox.Start([("BUILDGUARD_SLOTS", "2")], ["run", .. AtOnce, "--", "sh", "-c", "echo $BUILDGUARD_LEASE; read y; true"]);
        string lease = holder.ReadLine()!;
        other.ReadLine();
        Damage(sandbox, lease, Delete);
        Result stopped = sandbox.Run("stop", lease, "--yes");
        Assert.AreEqual(0, stopped.ExitCode, stopped.Output);
        StringAssert.EndsWith(stopped.Output.Split("Next: ")[0], "\nNothing of it runs any more.\n");
        Assert.AreEqual(137, holder.WaitForEnd().ExitCode);
        other.CloseInput();
        Assert.AreEqual(0, other.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void The_watched_queue_tells_of_it_and_a_state_directory_behind_a_link_hides_nobody()
    {
        using var sandbox = new Sandbox();
        Directory.CreateDirectory(Path.Combine(sandbox.Root, "real"));
        File.CreateSymbolicLink(Path.Combine(sandbox.Root, "link"), "real");
        (string, string)[] linked = [("BUILDGUARD_STATE_DIR", Path.Combine(sandbox.Root, "link", "state"))];
        using Helper holder = sandbox.Start(linked, ["run", "--label", "nightly", .. AtOnce, "--", "sh", "-c", "echo $BUILDGUARD_LEASE; read y; true"]);
        string lease = holder.ReadLine()!;
        File.Delete(Path.Combine(sandbox.Root, "real", "state", "locks", lease));
        Assert.AreEqual("nightly", Lines(sandbox.Run(linked, "monitor", "--once", "--json"))[0].GetProperty("trees")[0].GetProperty("label").GetString());
        using Helper queue = sandbox.Start(linked, "queue", "--watch");
        queue.ReadLine();
        StringAssert.Contains(queue.ReadLine(), $"(pid {holder.Pid}) holds or waits with a ticket that cannot be read or is gone");
        queue.Terminate();
        queue.WaitForEnd();
        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
    }

    private static void Damage(Sandbox sandbox, string lease, string damage)
    {
        var start = new ProcessStartInfo("sh", ["-c", damage]);
        Helper.PutInto(sandbox, start);
        string[] parts = lease.Split('/');
        start.Environment["TICKET"] = $"{parts[0]}/{string.Join(".d/", parts[1..])}";
        using Process shell = Process.Start(start)!;
        shell.WaitForExit();
        Assert.AreEqual(0, shell.ExitCode);
    }

    private static JsonElement[] Lines(Result result) =>
        [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string[] Codes(JsonElement[] lines) =>
        [.. lines.Where(line => line.TryGetProperty("code", out _)).Select(line => line.GetProperty("code").GetString()!)];
}
