namespace BuildGuard.Integration.Execs;

/// <summary>What the guard stops fails the build with the guard's code, and nothing is left of it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ExecLimitTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    [DataRow("")]
    [DataRow("IgnoreExitCode=\"true\"")]
    public void AMemoryHogFailsTheBuild(string attributes)
    {
        _workspace.WriteBare("a.proj", "<BuildGuardMaxMemory>100M</BuildGuardMaxMemory>",
            $"<Target Name=\"Build\"><Exec Command=\"head -c 400M /dev/zero | tail\" StandardOutputImportance=\"low\" {attributes} /></Target>");

        _workspace.Build("a.proj").FailsWith("BG3001").Says("100");
    }

    [TestMethod]
    public void ATimeoutFailsTheBuild()
    {
        _workspace.WriteBare("a.proj", "<BuildGuardTimeout>1s</BuildGuardTimeout>", "<Target Name=\"Build\"><Exec Command=\"sleep 1000\" /></Target>");

        _workspace.Build("a.proj").FailsWith("BG3003");
    }

    [TestMethod]
    public void TheTasksOwnTimeoutEndsTheTree()
    {
        _workspace.WriteBare("a.proj", "", "<Target Name=\"Build\"><Exec Command=\"setsid sh -c 'echo $$ &gt; daemon; exec sleep 1000' &amp; sleep 1000\" Timeout=\"2000\" ContinueOnError=\"true\" /><Exec Command=\"if [ -e /proc/$(cat daemon) ]; then echo alive; fi\" /></Target>".Replace("$(cat", "%24(cat", StringComparison.Ordinal));

        _workspace.Build("a.proj").Succeeds().Says("MSB5002").NeverSays("alive").NeverSays("BG1002");
    }

    [TestMethod]
    public void ADaemonThatIsLeftIsEndedAndHoldsNothingUp()
    {
        _workspace.WriteBare("a.proj", "", "<Target Name=\"Build\"><Exec Command=\"setsid sh -c 'echo $$ &gt; daemon; exec sleep 1000' &amp; while [ ! -s daemon ]; do :; done\" /><Exec Command=\"touch next\" /></Target>");

        _workspace.Build("a.proj", "-warnaserror").Succeeds().Says("BG4001");

        Assert.IsTrue(File.Exists(_workspace.PathOf("next")));
        Assert.IsFalse(Directory.Exists("/proc/" + File.ReadAllText(_workspace.PathOf("daemon")).Trim()));
    }

    [TestMethod]
    public void ACancelledBuildEndsTheTree()
    {
        _workspace.WriteBare("a.proj", "", "<Target Name=\"Build\"><Exec Command=\"setsid sh -c 'echo $$ &gt; daemon; exec sleep 1000' &amp; sleep 1000\" /></Target>");
        using var build = _workspace.StartDotnet("msbuild", "-nologo", "a.proj");
        var daemon = _workspace.PathOf("daemon");
        Deadline.Until(() => File.Exists(daemon) && File.ReadAllText(daemon).EndsWith('\n'), TimeSpan.FromSeconds(60), () => build.Output);

        build.Interrupt();
        Assert.AreNotEqual(0, build.Wait().ExitCode);

        var process = "/proc/" + File.ReadAllText(daemon).Trim();
        Deadline.Until(() => !Directory.Exists(process), TimeSpan.FromSeconds(10), () => process + " is still there. " + build.Output);
    }

    [TestMethod]
    public void NothingOfTheGuardsOwnReachesTheCommand()
    {
        _workspace.WriteBare("a.proj", "", "<Target Name=\"Build\"><Exec Command=\"env &gt; seen\" /></Target>");

        _workspace.Build("a.proj").Succeeds();

        var seen = File.ReadAllText(_workspace.PathOf("seen"));
        Assert.DoesNotContain("_BUILDGUARD", seen);
        StringAssert.Contains(seen, "BUILDGUARD_LEASE=" + _workspace.Audit.Acquired("operation")[0].GetProperty("lease").GetString());
    }
}
