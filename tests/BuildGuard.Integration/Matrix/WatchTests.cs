namespace BuildGuard.Integration.Matrix;

/// <summary>Commands that build more than once, or start what others have built.</summary>
[TestClass]
[DoNotParallelize]
public sealed class WatchTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void EachBuildOfAWatchIsASession()
    {
        _workspace.WriteReferencing("app/app.csproj", "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>");
        _workspace.Write("app/Program.cs", "System.Console.WriteLine(\"first\");");

        using var watch = _workspace.StartDotnet("watch", "--no-hot-reload", "--non-interactive", "--project", "app", "run");
        Deadline.Until(() => watch.Output.Contains("Waiting for a file to change", StringComparison.Ordinal), s_limit, () => watch.Output);
        StringAssert.Contains(watch.Output, "first");
        Assert.HasCount(1, _workspace.Audit.Acquired("session"));
        _workspace.Write("app/Program.cs", "System.Console.WriteLine(\"second\");");
        Deadline.Until(() => watch.Output.Contains("second", StringComparison.Ordinal), s_limit, () => watch.Output);

        // The application itself stands in no lease.
        Assert.HasCount(2, _workspace.Audit.Acquired("session"));
        Assert.HasCount(2, _workspace.Audit.Named("released"));
    }

    /// <summary>Pressed while a build of it runs.</summary>
    [TestMethod]
    public void AnInterruptOfAWatchLeavesNeitherTurnNorProcess()
    {
        var mark = "MARK=" + Guid.NewGuid().ToString("N");
        var started = _workspace.PathOf("started");
        _workspace.WriteReferencing("app/app.csproj", "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>", $"<Target Name=\"Long\" AfterTargets=\"Build\"><Exec Command=\"touch {started}; sleep 1000\" /></Target>");
        _workspace.Write("app/Program.cs", "System.Console.WriteLine(\"first\");");
        var environment = new Dictionary<string, string>(_workspace.Environment) { ["MARK"] = mark[5..] };
        using var watch = _workspace.Start("setsid", ["dotnet", "watch", "--no-hot-reload", "--non-interactive", "--project", "app", "run"], environment);
        Deadline.Until(() => File.Exists(started), s_limit, () => watch.Output);

        // As a terminal does, to all that stand in it.
        using (var kill = System.Diagnostics.Process.Start("kill", ["-INT", "--", $"-{watch.Id}"]))
        {
            kill.WaitForExit();
        }

        watch.Wait();
        Deadline.Until(() => !ProcessStat.StartedWith(mark).Any(), s_limit, () => watch.Output);
        Assert.HasCount(_workspace.Audit.Named("acquired").Count, _workspace.Audit.Named("released"));
    }

    [TestMethod]
    [DataRow("#:package BuildGuard@{0}\n")]
    [DataRow("#:sdk Microsoft.NET.Sdk\n#:sdk BuildGuard@{0}\n")]
    public void AProgramOfOneFileIsASessionWhenItIsBuiltByMSBuild(string directives)
    {
        string Program(string text) => string.Format(System.Globalization.CultureInfo.InvariantCulture, directives, Package.Version) + $"System.Console.WriteLine(\"{text}\");";
        _workspace.Write("app.cs", Program("first"));

        _workspace.Dotnet("run", "app.cs").Succeeds().Says("first");

        Assert.HasCount(1, _workspace.Audit.Acquired("session"));
        Assert.HasCount(1, _workspace.Audit.Named("released"));

        // Where nothing but code has changed, the SDK runs the compiler itself, and no MSBuild.
        _workspace.Write("app.cs", Program("second"));
        _workspace.Dotnet("run", "app.cs").Succeeds().Says("second");
        Assert.HasCount(1, _workspace.Audit.Acquired("session"));
    }
}
