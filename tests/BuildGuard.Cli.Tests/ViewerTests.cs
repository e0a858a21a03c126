using System.Text.Json;

namespace BuildGuard.Cli.Tests;

[TestClass]
public sealed class ViewerTests
{
    private static readonly string[] AtOnce = ["--preflight", "off"];

    [TestMethod]
    public void Where_nothing_ever_ran_everything_is_empty()
    {
        using var sandbox = new Sandbox();
        JsonElement status = sandbox.Run("status", "--json").Json;
        Assert.AreEqual("schemaVersion lock stateDir containment leases queue", Names(status));
        Assert.AreEqual("user", status.GetProperty("lock").GetString());
        Assert.AreEqual(sandbox.State, status.GetProperty("stateDir").GetString());
        Assert.AreEqual(0, status.GetProperty("leases").GetArrayLength());
        Assert.AreEqual("schemaVersion lock queue", Names(sandbox.Run("queue", "--json").Json));
        StringAssert.Contains(sandbox.Run("status").Output, "Nobody holds the turn.");
        StringAssert.Contains(sandbox.Run("queue").Output, "Nobody waits under the lock user.");
        Assert.AreEqual("", sandbox.Run("log").Output);
    }

    [TestMethod]
    public void Who_runs_and_who_waits_is_shown()
    {
        using var sandbox = new Sandbox();
        using Helper first = sandbox.Start([], ["run", "--label", "first build", .. AtOnce, "--", "sh", "-c", "cat; true"]);
        JsonElement lease = Helper.Await(() => sandbox.Run("status", "--json").Json, s => Length(s, "leases") == 1).GetProperty("leases")[0];
        StringAssert.Matches(sandbox.Run("queue").Output, new(@"\Afirst build \(pid \d+\) has had the turn for \S+\nNobody waits under the lock user\.\n\z"));
        StringAssert.Matches(sandbox.Run("status").Output, new(@"(?m)^operation first build  pid \d+, \S+, for \S+, \S+ in 2 processes$"));
        using Helper second = sandbox.Start([], ["run", .. AtOnce, "--", "echo", "second"]);
        JsonElement status = Helper.Await(() => sandbox.Run("status", "--json").Json, s => Length(s, "queue") == 1);

        Assert.AreEqual(
            "id parent kind label command cwd user pid holderAlive acquiredAt limits memoryBytes peakMemoryBytes processes", Names(lease));
        Assert.AreEqual("operation", lease.GetProperty("kind").GetString());
        Assert.AreEqual(JsonValueKind.Null, lease.GetProperty("parent").ValueKind);
        Assert.AreEqual("first build", lease.GetProperty("label").GetString());
        Assert.AreEqual("sh -c cat; true", lease.GetProperty("command").GetString());
        Assert.AreEqual(sandbox.Work, lease.GetProperty("cwd").GetString());
        Assert.AreEqual(Environment.UserName, lease.GetProperty("user").GetString());
        Assert.AreEqual(first.Pid, lease.GetProperty("pid").GetInt32());
        Assert.IsTrue(lease.GetProperty("acquiredAt").GetString()!.EndsWith('Z'));

        JsonElement processes = status.GetProperty("leases")[0].GetProperty("processes");
        CollectionAssert.AreEquivalent((string[])["sh", "cat"], processes.EnumerateArray().Select(p => p.GetProperty("name").GetString()).ToArray());
        Assert.AreEqual("pid ppid name memoryBytes", Names(processes[0]));
        Assert.AreEqual(
            processes.EnumerateArray().Sum(p => p.GetProperty("memoryBytes").GetInt64()),
            status.GetProperty("leases")[0].GetProperty("memoryBytes").GetInt64());

        Assert.IsGreaterThanOrEqualTo(
            status.GetProperty("leases")[0].GetProperty("memoryBytes").GetInt64(), status.GetProperty("leases")[0].GetProperty("peakMemoryBytes").GetInt64());

        JsonElement waiting = status.GetProperty("queue")[0];
        Assert.AreEqual("position pid label command cwd parent enqueuedAt", Names(waiting));
        Assert.AreEqual(1, waiting.GetProperty("position").GetInt32());
        Assert.AreEqual(second.Pid, waiting.GetProperty("pid").GetInt32());

        string text = sandbox.Run("status").Output;
        StringAssert.Contains(text, "operation first build  pid " + first.Pid);
        StringAssert.Contains(text, "pid " + second.Pid);
        StringAssert.Contains(sandbox.Run("queue").Output, $"first build (pid {first.Pid}) has had the turn for ");

        first.CloseInput();
        Assert.AreEqual(0, first.WaitForEnd().ExitCode);
        second.CloseInput();
        Result done = second.WaitForEnd();
        Assert.AreEqual("second\n", done.Output);
        StringAssert.Matches(done.Error, new($@"^buildguard: BG1001: (still )?waiting for the turn at position 1.*: 'first build' \(pid {first.Pid}\) has had it for "));
    }

    /// <summary>A command that is a build: everything that runs belongs to the session inside.</summary>
    [TestMethod]
    public void What_runs_in_a_session_counts_for_the_operation_around_it()
    {
        using var sandbox = new Sandbox();
        using Helper outer = sandbox.Start(
            [("HELPER", string.Join(' ', Helper.Program))], ["run", .. AtOnce, "--", "sh", "-c", "cat | $HELPER session --label bld --build abc --owner-pid $$"]);
        JsonElement leases = Helper.Await(() => sandbox.Run("status", "--json").Json.GetProperty("leases"), l => l.GetArrayLength() == 2);
        Assert.AreEqual("session", leases[1].GetProperty("kind").GetString());
        Assert.AreEqual(0, Length(leases[0], "processes"));
        Assert.IsGreaterThanOrEqualTo(3, Length(leases[1], "processes"));
        Assert.IsGreaterThan(0, leases[0].GetProperty("memoryBytes").GetInt64());
        Assert.IsGreaterThanOrEqualTo(leases[0].GetProperty("memoryBytes").GetInt64(), leases[0].GetProperty("peakMemoryBytes").GetInt64());
        StringAssert.Matches(sandbox.Run("status").Output, new(@"operation sh .*, \S+ in [1-9]\d* processes, all of them in the leases inside\n"));

        outer.CloseInput();
        Assert.AreEqual(0, outer.WaitForEnd().ExitCode);
        JsonElement[] released = [.. File.ReadAllLines(sandbox.AuditFile).Select(l => JsonDocument.Parse(l).RootElement)
            .Where(r => r.GetProperty("event").GetString() == "released")];
        Assert.HasCount(2, released);
        foreach (string measured in (string[])["peakMemoryBytes", "peakProcesses", "cpuMs"])
        {
            Assert.IsFalse(released[0].TryGetProperty(measured, out _), "nobody measures a session");
            Assert.IsGreaterThan(0, released[1].GetProperty(measured).GetInt64());
        }
    }

    [TestMethod]
    public void Another_lock_in_use_is_mentioned()
    {
        using var sandbox = new Sandbox();
        using Helper other = sandbox.Start([], ["run", "--lock", "nightly", .. AtOnce, "--", "cat"]);
        Helper.Await(() => sandbox.Run("status", "--json", "--lock", "nightly").Json, s => Length(s, "leases") == 1);
        string text = sandbox.Run("status").Output;
        StringAssert.Contains(text, "Nobody holds the turn.");
        StringAssert.Contains(text, "Also in use: lock nightly (1 lease, 0 waiting): buildguard status --lock nightly");
    }

    [TestMethod]
    public void A_lease_of_a_dead_holder_is_shown_as_such()
    {
        using var sandbox = new Sandbox();
        using (Helper holder = sandbox.Start([], ["run", "--label", "victim", .. AtOnce, "--", "cat"]))
        {
            Helper.Await(() => sandbox.Run("status", "--json").Json, s => Length(s, "leases") == 1);
            holder.Kill();
        }

        JsonElement lease = Helper.Await(() => sandbox.Run("status", "--json").Json, s => Length(s, "leases") == 1).GetProperty("leases")[0];
        Assert.IsFalse(lease.GetProperty("holderAlive").GetBoolean());
        StringAssert.Contains(sandbox.Run("status").Output, "(holder died; the next one, or 'buildguard reap', ends what it left)");
        Assert.AreEqual(0, sandbox.Run(["run", .. AtOnce, "--", "true"]).ExitCode);
        Assert.AreEqual(0, Length(sandbox.Run("status", "--json").Json, "leases"));
    }

    [TestMethod]
    public void Watching_the_queue_prints_a_line_for_every_change()
    {
        using var sandbox = new Sandbox();
        using Helper watch = sandbox.Start([], "queue", "--watch", "--json");
        Assert.AreEqual(0, Length(JsonDocument.Parse(watch.ReadLine()!).RootElement, "queue"));
        using Helper first = sandbox.Start([], ["run", .. AtOnce, "--", "cat"]);
        Helper.Await(() => sandbox.Run("status", "--json").Json, s => Length(s, "leases") == 1);
        using Helper second = sandbox.Start([], ["run", .. AtOnce, "--", "cat"]);
        Helper.Await(() => Length(JsonDocument.Parse(watch.ReadLine()!).RootElement, "queue"), length => length == 1);
    }

    [TestMethod]
    public void Watching_the_status_prints_it_again_for_every_change()
    {
        using var sandbox = new Sandbox();
        using Helper watch = sandbox.Start([], "status", "--watch", "--json"), text = sandbox.Start([], "status", "--watch");
        Assert.AreEqual(0, Length(JsonDocument.Parse(watch.ReadLine()!).RootElement, "leases"));
        Helper.Await(() => text.ReadLine()!, line => line == "Nobody holds the turn.");
        using Helper first = sandbox.Start([], ["run", "--label", "nightly", .. AtOnce, "--", "cat"]);
        JsonElement seen = Helper.Await(() => JsonDocument.Parse(watch.ReadLine()!).RootElement, seen => Length(seen, "leases") == 1 && Length(seen.GetProperty("leases")[0], "processes") == 1);
        Assert.AreEqual("nightly", seen.GetProperty("leases")[0].GetProperty("label").GetString());
        Helper.Await(() => text.ReadLine()!, line => line.StartsWith("operation nightly  pid ", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Watching_the_queue_tells_that_a_holder_died()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], ["run", "--label", "victim", .. AtOnce, "--", "sh", "-c", "echo ready; cat"]);
        Assert.AreEqual("ready", holder.ReadLine());
        using Helper watch = sandbox.Start([], "queue", "--watch");
        Helper.Await(() => watch.ReadLine()!, line => line.StartsWith("victim (pid ", StringComparison.Ordinal));
        holder.Kill();
        Helper.Await(() => watch.ReadLine()!, line => line.Contains("(holder died;", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Who_waits_is_shown_with_what_for_and_where()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], ["run", .. AtOnce, "--", "sh", "-c", "echo ready; read y; true"]);
        Assert.AreEqual("ready", holder.ReadLine());
        using Helper waiter = sandbox.Start([], ["run", "--label", "", .. AtOnce, "--", "sh", "-c", "exit 0; : deploy"]);
        waiter.AwaitError("BG1001");
        using Helper silent = sandbox.Start([("BUILDGUARD_RECORD_COMMANDS", "false")], ["run", .. AtOnce, "--", "sh", "-c", "exit 0; : secret"]);
        silent.AwaitError("BG1001");

        string what = $"sh -c exit 0; : deploy  in {sandbox.Work}";
        foreach (string verb in (string[])["queue", "status", "top"])
        {
            string text = sandbox.Run(verb).Output;
            Assert.IsTrue(verb == "top" ? text.Contains("sh -c exit 0; : deploy  in ", StringComparison.Ordinal) : text.Contains($"\n{(verb == "queue" ? "" : "  ")}   {what}\n", StringComparison.Ordinal), text);
            StringAssert.Matches(text, new($@"(?m)^ *1  (sh +)?pid +{waiter.Pid} .*$"));
            Assert.DoesNotContain("secret", text);
        }

        JsonElement queue = sandbox.Run("queue", "--json").Json.GetProperty("queue");
        Assert.AreEqual("sh", queue[0].GetProperty("label").GetString());
        Assert.AreEqual(sandbox.Work, queue[0].GetProperty("cwd").GetString());
        Assert.AreEqual(JsonValueKind.Null, queue[1].GetProperty("cwd").ValueKind);
        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
        waiter.WaitForEnd();
        silent.WaitForEnd();
    }

    private static int Length(JsonElement element, string array) => element.GetProperty(array).GetArrayLength();

    private static string Names(JsonElement element) => string.Join(' ', element.EnumerateObject().Select(p => p.Name));
}
