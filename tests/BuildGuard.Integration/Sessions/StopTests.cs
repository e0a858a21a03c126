namespace BuildGuard.Integration.Sessions;

/// <summary>The emergency stop, as builds see it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class StopTests : IDisposable
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(60);

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void ARunningBuildAndAWaitingOneFailAndSayWhy()
    {
        _workspace.WriteBare("first.proj", "", "<Target Name=\"Build\"><Exec Command=\"setsid sleep 1000 &amp; echo $! &gt; left; sleep 1000\" /></Target>");
        _workspace.WriteBare("second.proj", "", "<Target Name=\"Build\"><Exec Command=\"touch two\" /></Target>");
        using var first = _workspace.StartDotnet("msbuild", "-nologo", "first.proj");
        Deadline.Until(() => File.Exists(_workspace.PathOf("left")), Start, () => first.Output);
        using var second = _workspace.StartDotnet("msbuild", "-nologo", "second.proj");
        Deadline.Until(() => second.Output.Contains("BG1001", StringComparison.Ordinal), Start, () => second.Output);

        using var stop = _workspace.StartHelper("stop", "--yes");

        stop.Wait().Succeeds().Says("first.proj").Says("second.proj").Says("Nothing guarded runs any more");
        first.Wait().FailsWith("BG1006");
        second.Wait().FailsWith("BG1006");
        Assert.IsFalse(File.Exists(_workspace.PathOf("two")));
        Assert.IsFalse(ProcessStat.IsRunning(int.Parse(File.ReadAllText(_workspace.PathOf("left")), System.Globalization.CultureInfo.InvariantCulture)));
    }
}
