using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BuildGuard.Cli.Tests;

/// <summary>One who is stopped keeps the turn, or the place, and everybody who looks is told so.</summary>
[TestClass]
public sealed class StoppedTests
{
    private static readonly string[] AtOnce = ["--preflight", "off"];

    [TestMethod]
    public void A_stopped_holder_is_shown_as_such_until_it_goes_on()
    {
        using var sandbox = new Sandbox();
        using Helper first = sandbox.Start([], ["run", "--label", "first build", .. AtOnce, "--", "cat"]);
        AwaitLeases(sandbox, leases => leases.GetArrayLength() == 1);
        Assert.IsFalse(sandbox.Run("status").Output.Contains("stopped", StringComparison.Ordinal));
        first.Signal("STOP");
        AwaitLeases(sandbox, leases => Stopped(leases[0]) == $"{first.Pid}");

        using Helper second = sandbox.Start([], ["run", .. AtOnce, "--", "true"]);
        second.AwaitError("BG1001");
        JsonElement status = sandbox.Run("status", "--json").Json;
        Assert.IsTrue(status.GetProperty("leases")[0].GetProperty("holderAlive").GetBoolean(), "it still holds the turn");
        Assert.AreEqual("", Stopped(status.GetProperty("queue")[0]));
        string mark = Mark(first.Pid);
        StringAssert.Matches(sandbox.Run("status").Output, new($@"(?m)^operation first build  pid {first.Pid}, .* {mark}$"));
        StringAssert.Matches(sandbox.Run("queue").Output, new($@"(?m)^first build \(pid {first.Pid}\) has had the turn for \S+ {mark}$"));

        first.Signal("CONT");
        AwaitLeases(sandbox, leases => Stopped(leases[0]) == "");
        Assert.IsFalse(sandbox.Run("status").Output.Contains("stopped", StringComparison.Ordinal));
        Assert.IsFalse(sandbox.Run("queue").Output.Contains("stopped", StringComparison.Ordinal));
        first.CloseInput();
        Assert.AreEqual(0, first.WaitForEnd().ExitCode);
        Result done = second.WaitForEnd();
        Assert.AreEqual(0, done.ExitCode, done.Error);
        StringAssert.Matches(done.Error, new(
            $@"BG1001: waiting for the turn at position 1: 'first build' \(pid {first.Pid}\) has had it for \S+, and is stopped: 'kill -CONT {first.Pid}' lets it go on \["));
    }

    /// <summary>Ctrl+Z stops the build and what it started, but not its session, which has left the terminal.</summary>
    [TestMethod]
    public void A_session_is_stopped_when_the_build_that_it_serves_is()
    {
        using var sandbox = new Sandbox();
        using var owner = new Owner();
        using Helper session = sandbox.Start([], "session", "--preflight", "off", "--label", "dotnet build", "--build", "abc", "--owner-pid", $"{owner.Shell}");
        StringAssert.Contains(session.ReadLine(), "\"acquired\"");
        Assert.AreEqual("", Stopped(Leases(sandbox)[0]));
        Helper.Signal(owner.Child, "STOP");
        AwaitLeases(sandbox, leases => TableOf(sandbox, owner.Child).EndsWith("  stopped", StringComparison.Ordinal));
        Assert.AreEqual("", Stopped(Leases(sandbox)[0]), "the build goes on");
        Helper.Signal(owner.Shell, "STOP");
        AwaitLeases(sandbox, leases => Stopped(leases[0]) == $"{owner.Shell} {owner.Child}");
        StringAssert.Matches(sandbox.Run("status").Output, new($@"(?m)^session dotnet build  .* {Mark(owner.Shell, owner.Child)}$"));

        using Helper waiter = sandbox.Start([], ["run", .. AtOnce, "--", "true"]);
        waiter.AwaitError("BG1001");
        Helper.Signal(owner.Child, "CONT");
        Helper.Signal(owner.Shell, "CONT");
        AwaitLeases(sandbox, leases => Stopped(leases[0]) == "");
        session.CloseInput();
        Assert.AreEqual(0, session.WaitForEnd().ExitCode);
        StringAssert.Matches(waiter.WaitForEnd().ErrorLine, new(
            $@"'dotnet build' \(pid {session.Pid}\) has had it for \S+, and is stopped: 'kill -CONT {owner.Shell} {owner.Child}' lets it go on \["));
    }

    [TestMethod]
    public void A_stopped_waiter_keeps_its_place_and_those_behind_it_are_told()
    {
        using var sandbox = new Sandbox();
        using Helper first = sandbox.Start([], ["run", .. AtOnce, "--", "cat"]);
        AwaitLeases(sandbox, leases => leases.GetArrayLength() == 1);
        using Helper second = sandbox.Start([], ["run", "--label", "second", .. AtOnce, "--", "true"]);
        Helper.Await(() => Queue(sandbox), q => q.GetArrayLength() == 1);
        second.Signal("STOP");
        Helper.Await(() => Queue(sandbox), q => Stopped(q[0]) == $"{second.Pid}");
        string row = $@"(?m)^ *1  pid {second.Pid}  for +\S+  second +{Mark(second.Pid)}$";
        StringAssert.Matches(sandbox.Run("status").Output, new(row));
        StringAssert.Matches(sandbox.Run("queue").Output, new(row));

        // Its turn has come, and it does not take it.
        first.CloseInput();
        Assert.AreEqual(0, first.WaitForEnd().ExitCode);
        StringAssert.Matches(sandbox.Run("status").Output, new($@"(?m)^second \(pid {second.Pid}\) is just getting the turn\. {Mark(second.Pid)}$"));
        using Helper third = sandbox.Start([], ["run", .. AtOnce, "--", "true"]);
        third.AwaitError("BG1001");
        second.Signal("CONT");
        Assert.AreEqual(0, second.WaitForEnd().ExitCode);
        StringAssert.Matches(third.WaitForEnd().ErrorLine, new(
            $@"'second' \(pid {second.Pid}\) is just getting it, and is stopped: 'kill -CONT {second.Pid}' lets it go on \["));
    }

    [TestMethod]
    public void Watching_the_queue_prints_it_again_when_somebody_is_stopped()
    {
        using var sandbox = new Sandbox();
        using Helper first = sandbox.Start([], ["run", .. AtOnce, "--", "cat"]);
        AwaitLeases(sandbox, leases => leases.GetArrayLength() == 1);
        using Helper second = sandbox.Start([], ["run", .. AtOnce, "--", "true"]);
        Helper.Await(() => Queue(sandbox), q => q.GetArrayLength() == 1);
        using Helper watch = sandbox.Start([], "queue", "--watch", "--json");
        Assert.AreEqual("", Stopped(Next()));
        second.Signal("STOP");
        Assert.AreEqual($"{second.Pid}", Stopped(Next()));
        second.Signal("CONT");
        Assert.AreEqual("", Stopped(Next()));

        JsonElement Next() => JsonDocument.Parse(watch.ReadLine()!).RootElement.GetProperty("queue")[0];
    }

    private static string Mark(params int[] pids) => Regex.Escape($"(stopped; 'kill -CONT {string.Join(' ', pids)}' lets it go on)");

    private static string Stopped(JsonElement one) =>
        one.TryGetProperty("stoppedPids", out JsonElement pids) ? string.Join(' ', pids.EnumerateArray().Select(p => p.GetInt32())) : "";

    private static string TableOf(Sandbox sandbox, int pid) =>
        sandbox.Run("status").Output.Split('\n').Single(l => l.TrimStart().StartsWith($"{pid}  ", StringComparison.Ordinal));

    private static JsonElement Leases(Sandbox sandbox) => sandbox.Run("status", "--json").Json.GetProperty("leases");

    private static JsonElement Queue(Sandbox sandbox) => sandbox.Run("queue", "--json").Json.GetProperty("queue");

    private static void AwaitLeases(Sandbox sandbox, Func<JsonElement, bool> isThere) => Helper.Await(() => Leases(sandbox), isThere);

    /// <summary>A shell that stands for a build, and a program that it started.</summary>
    private sealed class Owner : IDisposable
    {
        private readonly Process _shell = Process.Start(new ProcessStartInfo("sh", ["-c", "exec 3<&0; cat <&3 & echo $!; wait"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

        public Owner() => Child = int.Parse(_shell.StandardOutput.ReadLine()!);

        public int Shell => _shell.Id;

        public int Child { get; }

        public void Dispose()
        {
            // Whoever is killed needs not go on for it.
            _shell.Kill(entireProcessTree: true);
            _shell.WaitForExit();
            _shell.Dispose();
        }
    }
}
