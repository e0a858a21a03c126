using System.Diagnostics;
using System.Globalization;

namespace BuildGuard.Integration.Execs;

/// <summary>Somebody kills the helper itself. What it had started ends at once, and the build says what happened.</summary>
[TestClass]
[DoNotParallelize]
public sealed class KilledHelperTests : IDisposable
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(60);

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    [DataRow("")]
    [DataRow("IgnoreExitCode=\"true\"")]
    public void TheTaskFailsAndWaitsForNothingThatTheCommandLeft(string attributes)
    {
        // Both keep the task's pipe open, which stock Exec would wait for.
        _workspace.WriteBare("a.proj", "", $"<Target Name=\"Build\"><Exec Command=\"setsid sleep 1000 &amp; echo $PPID $$ $! &gt; ids; sleep 1000\" {attributes} /></Target>");
        using var build = _workspace.StartDotnet("msbuild", "-nologo", "a.proj");
        var ids = Ids("ids", 3, build);

        Kill(ids[0]);

        // Nothing else ends the sleepers, who would keep the build for a quarter of an hour.
        build.Wait().FailsWith("BG4005").Says("exit code 137").Says("BG4001").NeverSays("MSB3073");
        Assert.DoesNotContain(ProcessStat.IsRunning, ids);
    }

    /// <summary>Nobody has seen it yet then.</summary>
    [TestMethod]
    public void AHelperThatDiesRightAfterItsStartIsNoticedToo()
    {
        _workspace.WriteBare("a.proj", "", "<Target Name=\"Build\"><Exec Command=\"setsid sleep 1000 &amp; echo $! &gt; ids; kill -9 $PPID; sleep 1000\" /></Target>");
        using var build = _workspace.StartDotnet("msbuild", "-nologo", "a.proj");

        // Nothing else ends the sleeper, who would keep the build for a quarter of an hour.
        build.Wait().FailsWith("BG4005").Says("BG4001");
        Assert.IsFalse(ProcessStat.IsRunning(Ids("ids", 1, build)[0]));
    }

    [TestMethod]
    public void WhatASignalEndsIsNoKilledHelper()
    {
        _workspace.WriteBare("a.proj", "", "<Target Name=\"Build\"><Exec Command=\"kill -9 $$\" IgnoreExitCode=\"true\"><Output TaskParameter=\"ExitCode\" PropertyName=\"Code\" /></Exec><Message Importance=\"high\" Text=\"it was $(Code)\" /></Target>");

        _workspace.Build("a.proj").Succeeds().Says("it was 137").NeverSays("BG4005");
    }

    [TestMethod]
    public void TheBuildKeepsTheTurnOfItsKilledSession()
    {
        _workspace.WriteBare("first.proj", "", "<Target Name=\"Build\"><Exec Command=\"touch started; until [ -e go ]; do sleep 0.05; done\" /><Exec Command=\"setsid sleep 1000 &amp; echo $! &gt; left; touch one\" /></Target>");
        _workspace.WriteBare("second.proj", "", "<Target Name=\"Build\"><Exec Command=\"ls one; touch two\" /></Target>");
        using var first = _workspace.StartDotnet("msbuild", "-nologo", "first.proj");
        Deadline.Until(() => File.Exists(_workspace.PathOf("started")), Start, () => first.Output);
        Kill(SessionOf(first.Id));
        Deadline.Until(() => first.Output.Contains("BG1005", StringComparison.Ordinal), Start, () => first.Output);

        StringAssert.Contains(first.Output, "BuildGuard: warning BG1005: ");
        StringAssert.Contains(first.Output, "messages.md#bg1005]");
        using var second = _workspace.StartDotnet("msbuild", "-nologo", "second.proj");
        Deadline.Until(() => second.Output.Contains("BG1001", StringComparison.Ordinal), Start, () => second.Output);
        StringAssert.Contains(second.Output, $"(pid {first.Id})");
        StringAssert.Contains(second.Output, "keeps it until the build ends");
        Assert.DoesNotContain("BG1002", second.Output);
        Assert.HasCount(1, _workspace.Audit.Acquired("session"));
        _workspace.Write("go", "");

        first.Wait().Succeeds();
        second.Wait().Succeeds().Says("one");
        Assert.IsFalse(ProcessStat.IsRunning(Ids("left", 1, first)[0]));
    }

    /// <summary>A node's own standard error is seen by nobody.</summary>
    [TestMethod]
    public void WhereTheSessionIsHeldByANodeItIsSaidAllTheSame()
    {
        _workspace.WriteBare("first.proj", "", "<Target Name=\"Build\"><Exec Command=\"touch started; until [ -e go ]; do sleep 0.05; done\" /></Target>");
        _workspace.Environment["MSBUILDNOINPROCNODE"] = "1";
        using var build = _workspace.StartDotnet("msbuild", "-nologo", "first.proj", "-nodeReuse:false");
        Deadline.Until(() => File.Exists(_workspace.PathOf("started")), Start, () => build.Output);
        var node = ProcessStat.All().Single(process => process.Parent == build.Id && process.Arguments.Any(argument => argument.Contains("nodemode", StringComparison.Ordinal)));

        Kill(SessionOf(node.Id));

        Deadline.Until(() => build.Output.Contains("BG1005", StringComparison.Ordinal), Start, () => build.Output);
        _workspace.Write("go", "");
        build.Wait().Succeeds();
    }

    /// <summary>Half a minute after its end the build waits no more.</summary>
    [TestMethod]
    public void AHelperThatDoesNotGiveTheTurnBackIsKilledAndNamed()
    {
        _workspace.WriteBare("first.proj", "", "<Target Name=\"Build\"><Exec Command=\"touch started; until [ -e go ]; do sleep 0.05; done\" /></Target>");
        _workspace.WriteBare("second.proj", "", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");
        using var first = _workspace.StartDotnet("msbuild", "-nologo", "first.proj", "-warnaserror");
        Deadline.Until(() => File.Exists(_workspace.PathOf("started")), Start, () => first.Output);
        var helper = SessionOf(first.Id);
        using (var stop = Process.Start("kill", ["-STOP", helper.ToString(CultureInfo.InvariantCulture)]))
        {
            stop.WaitForExit();
        }

        _workspace.Write("go", "");

        var result = first.Wait().Succeeds();
        Assert.AreEqual(1, result.CountOf($"BuildGuard: warning BG1011: the helper that held the turn for this build (pid {helper})"), result.ToString());
        result.Says("messages.md#bg1011]");
        Assert.IsFalse(ProcessStat.IsRunning(helper));
        _workspace.Build("second.proj").Succeeds().NeverSays("BG1001");
    }

    private int[] Ids(string file, int count, RunningCommand build)
    {
        var path = _workspace.PathOf(file);
        Deadline.Until(() => File.Exists(path) && File.ReadAllText(path).Split(' ').Length == count && File.ReadAllText(path).EndsWith('\n'), Start, () => build.Output);
        return [.. File.ReadAllText(path).Split(' ').Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
    }

    /// <summary>The helper that holds the turn is a child of the process that waited for it.</summary>
    private static int SessionOf(int waiter) => ProcessStat.All()
        .Single(process => process.Parent == waiter && process.Arguments.Contains("session")).Id;

    private static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }
}
