using System.Globalization;

namespace BuildGuard.Integration.Sessions;

/// <summary>Builds of one user run one at a time.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TurnTests : IDisposable
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(60);

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void TwoBuildsNeverOverlapAndTheSecondIsToldWhomItWaitsFor()
    {
        var span = "<Target Name=\"Build\">" + string.Concat(Enumerable.Repeat(
            $"<Exec Command=\"date +%%25s%%25N &gt;&gt; $(MSBuildProjectName).times; sleep 0.3; date +%%25s%%25N &gt;&gt; $(MSBuildProjectName).times\" />", 3)) + "</Target>";
        _workspace.WriteBare("one.proj", "", span.Replace("%%25", "%25", StringComparison.Ordinal));
        _workspace.WriteBare("two.proj", "", span.Replace("%%25", "%25", StringComparison.Ordinal));

        using var first = _workspace.StartDotnet("msbuild", "-nologo", "one.proj");
        using var second = _workspace.StartDotnet("msbuild", "-nologo", "two.proj");
        Result[] results = [first.Wait().Succeeds(), second.Wait().Succeeds()];

        var one = Times("one.times");
        var two = Times("two.times");
        Assert.IsTrue(one.Max < two.Min || two.Max < one.Min, $"{one} and {two} overlap.");

        var waited = results.Single(result => result.Output.Contains("BG1001", StringComparison.Ordinal));
        var holder = waited == results[0] ? "two.proj" : "one.proj";
        waited.Says(holder).Says("position 1").Says("pid ");
    }

    /// <summary>Nothing tells the guard that it is work; its first command does.</summary>
    [TestMethod]
    [DataRow("-m:1")]
    [DataRow("-m:2 -mt")]
    public void ATargetOfOnesOwnHoldsTheTurnFromItsFirstCommandOn(string switches)
    {
        _workspace.WriteBare("part.proj", "", "<Target Name=\"Own\"><Exec Command=\"true\" /><Exec Command=\"true\" /></Target>");
        _workspace.WriteBare("own.proj", "", "<Target Name=\"Own\"><MSBuild Projects=\"part.proj;part.proj\" Properties=\"A=1\" Targets=\"Own\" /><Exec Command=\"true\" /></Target>");

        _workspace.Build("own.proj", ["-t:Own", .. switches.Split(' ')]).Succeeds();

        var session = Assert.ContainsSingle(_workspace.Audit.Acquired("session")).GetProperty("lease").GetString();
        var operations = _workspace.Audit.Acquired("operation");
        Assert.HasCount(3, operations);
        Assert.IsTrue(operations.All(operation => operation.GetProperty("lease").GetString()!.StartsWith(session + "/", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void WhoRunsAnApplicationIsToldTooThoughItsBuildSaysNothing()
    {
        _workspace.WriteReferencing("app/app.csproj", "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>");
        _workspace.Write("app/Program.cs", "System.Console.WriteLine(\"it ran\");");
        _workspace.Dotnet("build", "app", "-v", "q").Succeeds();
        string go = _workspace.PathOf("go");
        _workspace.WriteBare("first.proj", "", $"<Target Name=\"Build\"><Exec Command=\"echo &gt; started; until [ -e {go} ]; do sleep 0.05; done\" /></Target>");
        using var first = _workspace.StartDotnet("msbuild", "-nologo", "first.proj");
        Deadline.Until(() => File.Exists(_workspace.PathOf("started")), Start, () => first.Output);

        using var run = _workspace.StartDotnet("run", "--project", "app");
        Deadline.Until(() => run.Output.Contains("BG1001", StringComparison.Ordinal), Start, () => run.Output);
        File.WriteAllText(go, "");

        run.Wait().Succeeds().Says("first.proj").Says("it ran");
        first.Wait().Succeeds();
    }

    [TestMethod]
    public void KillingTheFirstBuildLetsTheSecondStartWithinASecondWithNothingOfTheFirstLeft()
    {
        _workspace.WriteBare("first.proj", "", "<Target Name=\"Build\"><Exec Command=\"echo $$ &gt; sleeper; exec sleep 1000\" /></Target>");
        _workspace.WriteBare("second.proj", "", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");

        using var first = _workspace.StartDotnet("msbuild", "-nologo", "first.proj");
        var sleeper = _workspace.PathOf("sleeper");
        Deadline.Until(() => File.Exists(sleeper) && File.ReadAllText(sleeper).EndsWith('\n'), Start, () => first.Output);
        var pid = int.Parse(File.ReadAllText(sleeper), CultureInfo.InvariantCulture);

        using var second = _workspace.StartDotnet("msbuild", "-nologo", "second.proj");
        Deadline.Until(() => second.Output.Contains("BG1001", StringComparison.Ordinal), Start, () => second.Output);

        first.Kill();
        var waited = Deadline.Until(() => _workspace.Audit.Acquired("session").Count == 2, Start, () => second.Output);

        Assert.IsFalse(Directory.Exists($"/proc/{pid}"), "The first build's command is still running.");
        Assert.IsLessThan(TimeSpan.FromSeconds(1), waited);
        second.Wait().Succeeds();
    }

    [TestMethod]
    public void CancellingAWaitingBuildLeavesTheQueue()
    {
        _workspace.WriteBare("holder.proj", "", "<Target Name=\"Build\"><Exec Command=\"touch holding; while [ ! -e go ]; do sleep 0.05; done\" /></Target>");
        _workspace.WriteBare("waiter.proj", "", "<Target Name=\"Build\"><Exec Command=\"touch waiter-ran\" /></Target>");

        using var holder = _workspace.StartDotnet("msbuild", "-nologo", "holder.proj");
        Deadline.Until(() => File.Exists(_workspace.PathOf("holding")), Start, () => holder.Output);
        using var waiter = _workspace.StartDotnet("msbuild", "-nologo", "waiter.proj");
        Deadline.Until(() => waiter.Output.Contains("BG1001", StringComparison.Ordinal), Start, () => waiter.Output);

        waiter.Interrupt();
        Assert.AreNotEqual(0, waiter.Wait().ExitCode);
        _workspace.Write("go", "");
        holder.Wait().Succeeds();

        Assert.HasCount(1, _workspace.Audit.Acquired("session"));
        Assert.IsFalse(File.Exists(_workspace.PathOf("waiter-ran")));
    }

    [TestMethod]
    public void HoldingOperationsOnlyTakesNoSession()
    {
        _workspace.WriteBare("a.proj", "<BuildGuardHold>Operation</BuildGuardHold>", "<Target Name=\"Build\"><Exec Command=\"true\" /><Exec Command=\"true\" /></Target>");

        _workspace.Build("a.proj").Succeeds();

        Assert.IsEmpty(_workspace.Audit.Acquired("session"));
        Assert.HasCount(2, _workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    public void ProjectsOfOneBuildThatDisagreeDoNotWaitForEachOther()
    {
        _workspace.WriteBare("a.proj", "<BuildGuardMaxLoad>50</BuildGuardMaxLoad>", """
            <Target Name="Build"><Exec Command="true" /><MSBuild Projects="b.proj" /></Target>
            """);
        _workspace.WriteBare("b.proj", "<BuildGuardMaxLoad>60</BuildGuardMaxLoad>", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");

        _workspace.Build("a.proj", "-m:2").Succeeds().NeverSays("BG1001");

        Assert.HasCount(1, _workspace.Audit.Acquired("session"));
        Assert.HasCount(2, _workspace.Audit.Acquired("operation"));
    }

    private (long Min, long Max) Times(string file)
    {
        var times = File.ReadAllLines(_workspace.PathOf(file)).Select(line => long.Parse(line, CultureInfo.InvariantCulture)).ToList();
        Assert.HasCount(6, times);
        return (times.Min(), times.Max());
    }
}
