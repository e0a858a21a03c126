using System.Diagnostics;
using System.Globalization;

namespace BuildGuard.Integration.Matrix;

/// <summary>Where guards of builds have failed before.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TrapTests : IDisposable
{
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(60);

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void ABuildWithAGraphRestoreInsideAThreadedBuildFinishes()
    {
        _workspace.WriteReferencing("app/app.csproj", "<TargetFramework>net10.0</TargetFramework><RestoreUseStaticGraphEvaluation>true</RestoreUseStaticGraphEvaluation>");
        _workspace.WriteBare("outer.proj", "", "<Target Name=\"Build\"><Exec Command=\"dotnet build app -mt -m:4 --force\" /></Target>");

        _workspace.Build("outer.proj", "-mt", "-m:4").Succeeds().NeverSays("BG1001").NeverSays("MSB4275");

        Assert.HasCount(2, _workspace.Audit.Acquired("session"));
    }

    /// <summary>What the checks of MSBuild find in a project, they must not find in what guards it.</summary>
    [TestMethod]
    public void BuildChecksFindNothing()
    {
        _workspace.WriteReferencing("app/app.csproj", "<TargetFramework>net10.0</TargetFramework><BuildGuardUnknown>x</BuildGuardUnknown>");
        _workspace.StartDotnet("build", "app", "-check", "-warnaserror").Wait().Succeeds().Says("BG0015").NeverSays("BC0");
    }

    /// <summary>A task that yields lets its node build another project, which asks for the same turn.</summary>
    [TestMethod]
    [DataRow("-m:1")]
    [DataRow("-m:2")]
    [DataRow("-m:2 -mt")]
    public void WhoYieldsDoesNotWaitForItself(string switches)
    {
        _workspace.Write("all.proj", "<Project DefaultTargets=\"Build\"><Target Name=\"Build\"><MSBuild Projects=\"a.proj;b.proj;c.proj\" BuildInParallel=\"true\" /></Target></Project>");
        foreach (var name in new[] { "a", "b", "c" })
        {
            _workspace.WriteBare(name + ".proj", "", "<Target Name=\"Build\"><Exec Command=\"mkdir running &amp;&amp; sleep 0.3 &amp;&amp; rmdir running\" YieldDuringToolExecution=\"true\" /></Target>");
        }

        // "mkdir" fails where two run at once.
        _workspace.Build("all.proj", switches.Split(' ')).Succeeds().NeverSays("MSB4275");

        Assert.ContainsSingle(_workspace.Audit.Acquired("session"));
        Assert.HasCount(3, _workspace.Audit.Acquired("operation"));
    }

    /// <summary>One of its commands runs, another waits inside its session: for that one nobody waits any more.</summary>
    [TestMethod]
    public void AThreadedBuildThatIsKilledLeavesTheTurnAndNothingElse()
    {
        _workspace.Write("all.proj", "<Project DefaultTargets=\"Build\"><Target Name=\"Build\"><MSBuild Projects=\"a.proj;b.proj\" BuildInParallel=\"true\" /></Target></Project>");
        _workspace.WriteBare("a.proj", "", "<Target Name=\"Build\"><Exec Command=\"echo $$ &gt;&gt; sleepers; exec sleep 1000\" /></Target>");
        _workspace.WriteBare("b.proj", "", "<Target Name=\"Build\"><Exec Command=\"echo $$ &gt;&gt; sleepers; exec sleep 1000\" /></Target>");
        _workspace.WriteBare("second.proj", "", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");
        using var first = _workspace.StartDotnet("msbuild", "-nologo", "all.proj", "-mt", "-m:8");
        var sleepers = _workspace.PathOf("sleepers");
        Deadline.Until(() => File.Exists(sleepers) && File.ReadAllText(sleepers).EndsWith('\n'), s_start, () => first.Output);
        using var second = _workspace.StartDotnet("msbuild", "-nologo", "second.proj", "-mt", "-m:8");
        Deadline.Until(() => second.Output.Contains("BG1001", StringComparison.Ordinal), s_start, () => second.Output);

        Deadline.Until(() => _workspace.Audit.Named("enqueued").Count == 2, s_start, () => first.Output);
        first.Kill();

        second.Wait().Succeeds();
        Assert.HasCount(2, _workspace.Audit.Acquired("operation"));
        Assert.ContainsSingle(File.ReadAllLines(sleepers));
        Deadline.Until(() => _workspace.Audit.Named("cancelled").Count == 2, s_start, () => "the waiting command leaves the queue");
        foreach (var sleeper in File.ReadAllLines(sleepers))
        {
            Assert.IsFalse(ProcessStat.IsRunning(int.Parse(sleeper, CultureInfo.InvariantCulture)), "A command of the killed build still runs.");
        }
    }

    [TestMethod]
    [DataRow("grün 漢 packages")]
    [DataRow("long")]
    public void AnyFolderOfPackagesServes(string name)
    {
        // NAME_MAX is 255, and Linux takes paths of 4095 bytes.
        var folder = _workspace.PathOf(name == "long" ? string.Join('/', Enumerable.Repeat(new string('l', 200), 5)) : name) + "/buildguard/" + Package.Version;
        Copy(Package.Folder, folder);
        WriteUsing(folder);

        _workspace.Build("a.proj").Succeeds();

        Assert.ContainsSingle(_workspace.Audit.Acquired("operation"));
    }

    /// <summary>NuGet makes programs executable for the owner alone, and others share his folder.</summary>
    [TestMethod]
    public void APackageOfAnotherUserServes()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Inconclusive("only root can be another user");
        }

        var folder = _workspace.PathOf("packages/buildguard/" + Package.Version);
        Copy(Package.Folder, folder);
        File.SetUnixFileMode(folder + "/tools/linux-x64/buildguard", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        WriteUsing(folder);
        var home = Directory.CreateDirectory(_workspace.PathOf("home")).FullName;
        Own("65534", home);
        Own("65534", _workspace.Root, "-h");
        foreach (var open in new[] { Path.GetDirectoryName(_workspace.Root)!, _workspace.Root })
        {
            File.SetUnixFileMode(open, (UnixFileMode)0b111_101_101);
        }

        var environment = new Dictionary<string, string>(_workspace.Environment) { ["HOME"] = home, ["DOTNET_CLI_HOME"] = home, ["BUILDGUARD_STATE_DIR"] = home + "/state", ["TMPDIR"] = home };
        using var build = _workspace.Start("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "dotnet", "msbuild", "-nologo", "a.proj"], environment);

        build.Wait().Succeeds();
        Assert.ContainsSingle(new AuditTrail(home + "/state").Acquired("operation"));
    }

    private void WriteUsing(string folder) => _workspace.Write("a.proj", $"""
        <Project DefaultTargets="Build">
          <Import Project="{Workspace.Escape(folder)}/build/BuildGuard.props" />
          <Target Name="Build"><Exec Command="true" /></Target>
          <Import Project="{Workspace.Escape(folder)}/build/BuildGuard.targets" />
        </Project>
        """);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        Run("cp", "-r", from, to);
    }

    private static void Own(string user, string file, params string[] options) => Run("chown", [.. options, user, file]);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, program);
    }
}
