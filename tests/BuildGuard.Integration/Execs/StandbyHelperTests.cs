using System.Diagnostics;

namespace BuildGuard.Integration.Execs;

/// <summary>From the third command of a build on there may be a helper that was started before the command was known. It makes no difference but in time.</summary>
[TestClass]
[DoNotParallelize]
public sealed class StandbyHelperTests : IDisposable
{
    private const int Rounds = 30;
    private const string ByStandby = "tr '\\0' ' ' &lt; /proc/$PPID/cmdline | grep -q -e --standby";

    private static readonly TimeSpan Start = TimeSpan.FromSeconds(60);

    private readonly Workspace _workspace = new();
    private readonly string _temporary;

    public StandbyHelperTests() =>
        _workspace.Environment["TMPDIR"] = _temporary = Directory.CreateDirectory(_workspace.PathOf("temporary")).FullName;

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    [DataRow("-m:1")]
    [DataRow("-m:4")]
    [DataRow("-m:4", "-mt")]
    [DataRow("-m:4", "-nodeReuse:true")]
    public void ASeriesIsRunByHelpersThatWereReadyAndNoneIsLeft(params string[] arguments)
    {
        string[] projects = ["a", "b", "c"];
        foreach (var project in projects)
        {
            WriteRounds(project + ".proj", $"{ByStandby} &amp;&amp; echo ready: {project} $PWD %(Round.Identity) || echo started: {project} $PWD %(Round.Identity)");
        }

        _workspace.WriteBare("all.proj", "", "<Target Name=\"Build\"><MSBuild Projects=\"a.proj;b.proj;c.proj\" BuildInParallel=\"true\" /></Target>");
        var result = _workspace.Build("all.proj", ["-v:n", "-tl:off", .. arguments]).Succeeds().Says("ready: ");
        foreach (var project in projects)
        {
            for (var round = 1; round <= Rounds; round++)
            {
                Assert.ContainsSingle(line => line.EndsWith($": {project} {_workspace.Root} {round}", StringComparison.Ordinal), result.Lines, result.ToString());
            }
        }

        Assert.HasCount(projects.Length * Rounds, _workspace.Audit.Acquired("operation"));
        AssertNothingIsLeft();
    }

    [TestMethod]
    public void ABuildOfOneCommandStartsNone()
    {
        var helper = WriteRecordingHelper("");
        _workspace.WriteBare("a.proj", $"<BuildGuardHelperPath>{helper}</BuildGuardHelperPath>", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");
        _workspace.Build("a.proj").Succeeds();
        Assert.Contains("run --with-parent", Starts());
        Assert.DoesNotContain("--standby", Starts());
    }

    [TestMethod]
    public void AHelperThatKnowsNoStandbyIsStartedForEachCommand()
    {
        var helper = WriteRecordingHelper("[ \"$2\" = --standby ] && exit 125\n");
        WriteRounds("a.proj", "true", $"<BuildGuardHelperPath>{helper}</BuildGuardHelperPath>");
        _workspace.Build("a.proj").Succeeds();
        Assert.HasCount(Rounds, _workspace.Audit.Acquired("operation"));
        Assert.AreEqual(1, Starts().Split("--standby").Length - 1, Starts());
    }

    /// <summary>The command waits until MSBuild has taken notice of its death.</summary>
    [TestMethod]
    public void OneThatWasKilledBeforeItWasNeededIsMissedByNobody()
    {
        _workspace.Write("kill.sh", """
            for process in /proc/[0-9]*; do
              if grep -qs "$TMPDIR/buildguard-.*fifo" $process/cmdline && [ ${process#/proc/} != $1 ]; then
                kill -9 ${process#/proc/} && echo killed one
                while [ -e $process ]; do :; done
              fi
            done
            """);
        WriteRounds("a.proj", "sh kill.sh $PPID");
        _workspace.Build("a.proj", "-v:n", "-tl:off").Succeeds().Says("killed one");
        Assert.HasCount(Rounds, _workspace.Audit.Acquired("operation"));
        AssertNothingIsLeft();
    }

    [TestMethod]
    public void OneThatIsKilledWhileItRunsACommandIsAKilledHelper()
    {
        WriteRounds("a.proj", $"if {ByStandby}; then setsid sleep 1000 &amp; echo $! &gt; left; kill -9 $PPID; sleep 1000; fi");
        _workspace.Build("a.proj").FailsWith("BG4005").Says("exit code 137").Says("BG4001");
        Assert.IsFalse(ProcessStat.IsRunning(int.Parse(File.ReadAllText(_workspace.PathOf("left")))));
        AssertNothingIsLeft();
    }

    [TestMethod]
    public void ATimeoutEndsItsTree()
    {
        WriteRounds("a.proj", $"if {ByStandby}; then (trap '' TERM; sleep 1000) &amp; echo $! &gt; left; sleep 1000; fi", attributes: "Timeout=\"2000\" ContinueOnError=\"true\"", rounds: 6);
        _workspace.Build("a.proj", "-v:n").Succeeds().Says("MSB5002");
        Assert.IsFalse(ProcessStat.IsRunning(int.Parse(File.ReadAllText(_workspace.PathOf("left")))));
        AssertNothingIsLeft();
    }

    [TestMethod]
    [DataRow("-INT")]
    [DataRow("-KILL")]
    public void TheEndOfTheBuildIsTheirs(string signal)
    {
        WriteRounds("a.proj", $"if {ByStandby}; then echo $$ &gt; left; sleep 1000; fi");
        using var build = _workspace.StartDotnet("msbuild", "-nologo", "a.proj");
        var left = _workspace.PathOf("left");
        Deadline.Until(() => File.Exists(left) && File.ReadAllText(left).EndsWith('\n') && Waiting().Length == 2, Start, () => build.Output);
        using (var kill = Process.Start("kill", [signal, build.Id.ToString()]))
        {
            kill.WaitForExit();
        }

        build.Wait();
        Deadline.Until(() => Waiting().Length == 0 && !ProcessStat.IsRunning(int.Parse(File.ReadAllText(left))), Start, () => build.Output);
    }

    [TestMethod]
    public void AnEnvironmentThatFitsIntoNoPipeIsHandedOverAllTheSame()
    {
        var large = new string('x', 100_000);
        WriteRounds("a.proj", "echo it has ${#LARGE} bytes", attributes: $"EnvironmentVariables=\"LARGE={large}\"");
        Assert.AreEqual(Rounds, _workspace.Build("a.proj", "-v:n", "-tl:off").Succeeds().CountOf("it has 100000 bytes"));
        AssertNothingIsLeft();
    }

    private void WriteRounds(string file, string command, string properties = "", string attributes = "", int rounds = Rounds) => _workspace.WriteBare(file, properties, $"""
        <ItemGroup><Round Include="{string.Join(';', Enumerable.Range(1, rounds))}" /></ItemGroup>
        <Target Name="Build"><Exec Command="{command}" EchoOff="true" {attributes} Condition="'%(Round.Identity)' != ''" /></Target>
        """);

    /// <summary>A helper that writes down with what it is started.</summary>
    private string WriteRecordingHelper(string script)
    {
        var native = Path.Combine(Package.Folder, "tools", "linux-x64", "buildguard");
        var program = File.Exists(native) ? $"'{native}'" : $"dotnet exec '{Path.Combine(Package.Folder, "tools", "any", "buildguard.dll")}'";
        _workspace.Write("helper", $"#!/bin/sh\necho \"$@\" >> '{_workspace.PathOf("starts")}'\n{script}exec {program} \"$@\"\n");
        File.SetUnixFileMode(_workspace.PathOf("helper"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return _workspace.PathOf("helper");
    }

    private string Starts() => File.ReadAllText(_workspace.PathOf("starts"));

    private ProcessStat[] Waiting() => [.. ProcessStat.All().Where(process => process.State != 'Z' && process.Arguments.Any(argument => argument.StartsWith(_temporary + "/buildguard-", StringComparison.Ordinal) && argument.EndsWith(".fifo", StringComparison.Ordinal)))];

    private void AssertNothingIsLeft()
    {
        Assert.IsEmpty(Waiting());
        Assert.IsEmpty(Directory.GetFiles(_temporary, "buildguard-*"));
    }
}
