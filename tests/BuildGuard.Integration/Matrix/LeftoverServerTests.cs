namespace BuildGuard.Integration.Matrix;

/// <summary>Servers that are meant to outlive a build.</summary>
[TestClass]
[DoNotParallelize]
public sealed class LeftoverServerTests : IDisposable
{
    private const string Reuse = "MSBUILDDISABLENODEREUSE=0";

    private readonly Workspace _workspace = new();
    private readonly OwnServers _servers;

    public LeftoverServerTests()
    {
        _servers = new OwnServers(_workspace);

        // Two projects at once, so that there is work for a second node.
        _workspace.Write("two.proj", "<Project DefaultTargets=\"Build\"><Target Name=\"Build\"><MSBuild Projects=\"one.proj;other.proj\" BuildInParallel=\"true\" /></Target></Project>");
        _workspace.Write("one.proj", "<Project><Target Name=\"Build\"><Exec Command=\"sleep 1\" /></Target></Project>");
        _workspace.Write("other.proj", "<Project><Target Name=\"Build\"><Exec Command=\"sleep 1\" /></Target></Project>");
        _workspace.WriteBare("outer.proj", "", $"<Target Name=\"Build\"><Exec Command=\"{Reuse} dotnet msbuild -nologo two.proj -m:2 -nodeReuse:true\" /></Target>");
    }

    public void Dispose()
    {
        _servers.End();
        _workspace.Dispose();
    }

    [TestMethod]
    public void WhatAnOperationStartsEndsWithItAndWhatWasThereBeforeServesOn()
    {
        _workspace.Build("outer.proj").Succeeds();
        Assert.IsEmpty(_servers.Running());

        // A stand-in: a real node also ends by itself when it finds many others on the machine.
        using var before = _workspace.Start("sh", ["-c", "echo up; sleep 1000; :", "sh", "/nodemode:1"], _workspace.Environment);
        Deadline.Until(() => _servers.Running().Count == 1, TimeSpan.FromSeconds(60), () => before.Output);
        var servers = _servers.Running();
        _workspace.Build("outer.proj").Succeeds();

        CollectionAssert.AreEqual(servers.ToArray(), _servers.Running().ToArray());
        using var after = _workspace.Start("env", [Reuse, "dotnet", "msbuild", "-nologo", "two.proj", "-m:2", "-nodeReuse:true"], _workspace.Environment);
        after.Wait().Succeeds();
    }

    /// <summary>The node that an operation started serves an unguarded build when the operation ends.</summary>
    [TestMethod]
    public void AnUnguardedBuildAtTheSameTimeIsNotBroken()
    {
        _workspace.Write("long.proj", "<Project DefaultTargets=\"Build\"><Target Name=\"Build\"><MSBuild Projects=\"one.proj;other.proj\" Properties=\"C=1\" BuildInParallel=\"true\" /><MSBuild Projects=\"one.proj;other.proj\" Properties=\"C=2\" BuildInParallel=\"true\" /></Target></Project>");
        using var guarded = _workspace.StartDotnet("msbuild", "-nologo", "outer.proj");
        Deadline.Until(() => _workspace.Audit.Acquired("operation").Count == 1, TimeSpan.FromSeconds(60), () => guarded.Output);
        using var unguarded = _workspace.Start("env", [Reuse, "dotnet", "msbuild", "-nologo", "long.proj", "-m:2", "-nodeReuse:true"], _workspace.Environment);

        guarded.Wait().Succeeds();
        unguarded.Wait().Succeeds();
    }
}
