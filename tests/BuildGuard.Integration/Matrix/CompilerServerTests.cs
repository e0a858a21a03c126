using System.Diagnostics;

namespace BuildGuard.Integration.Matrix;

/// <summary>The compiler's server, which is meant to outlive the build that starts it. Here each test has one of its own name.</summary>
[TestClass]
[DoNotParallelize]
public sealed class CompilerServerTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);

    private readonly Workspace _workspace = new();
    private readonly string _pipe = "buildguard-" + Guid.NewGuid().ToString("N");

    public CompilerServerTests()
    {
        _workspace.Environment.Remove("UseSharedCompilation");
        _workspace.Write("Directory.Build.props", $"<Project><PropertyGroup><NuGetAudit>false</NuGetAudit><SharedCompilationId>{_pipe}</SharedCompilationId></PropertyGroup></Project>");
        foreach (var name in new[] { "guarded", "before", "meanwhile" })
        {
            _workspace.Write($"{name}/{name}.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
            _workspace.Write($"{name}/One.cs", "public class One;");
            _workspace.Dotnet("restore", name).Succeeds();
        }
    }

    public void Dispose()
    {
        foreach (var server in Servers())
        {
            End(server);
        }

        _workspace.Dispose();
    }

    [TestMethod]
    public void WhatAnOperationStartsEndsWithIt()
    {
        // "pgrep" shows that the server is there to be ended.
        _workspace.WriteBare("outer.proj", "", $"<Target Name=\"Build\"><Exec Command=\"UseSharedCompilation=true dotnet build guarded --no-restore &amp;&amp; pgrep -f [-]pipename:{_pipe}\" /></Target>");

        _workspace.Build("outer.proj").Succeeds();

        Assert.IsEmpty(Servers());
    }

    [TestMethod]
    public void AnOperationStartsNoneUnasked()
    {
        _workspace.WriteBare("outer.proj", "", $"<Target Name=\"Build\"><Exec Command=\"dotnet build guarded --no-restore &amp;&amp; ! pgrep -f [-]pipename:{_pipe}\" /></Target>");

        _workspace.Build("outer.proj").Succeeds();

        Assert.IsEmpty(Servers());
    }

    [TestMethod]
    public void WhatWasThereBeforeServesTheOperationAndServesOn()
    {
        _workspace.Dotnet("build", "before", "--no-restore").Succeeds();
        var server = Assert.ContainsSingle(Servers());
        _workspace.WriteBare("outer.proj", "", "<Target Name=\"Build\"><Exec Command=\"UseSharedCompilation=true dotnet build guarded --no-restore\" /></Target>");

        _workspace.Build("outer.proj").Succeeds();

        Assert.AreEqual(server, Assert.ContainsSingle(Servers()));
        _workspace.Dotnet("build", "meanwhile", "--no-restore").Succeeds();
        Assert.AreEqual(server, Assert.ContainsSingle(Servers()));
    }

    /// <summary>Its own compiler runs in no operation, and serves the next build, as without the guard.</summary>
    [TestMethod]
    public void WhatTheBuildItselfStartsServesTheNextOne()
    {
        _workspace.WriteReferencing("own/own.csproj", "<TargetFramework>net10.0</TargetFramework>");
        _workspace.Write("own/One.cs", "public class One;");

        _workspace.Dotnet("build", "own").Succeeds();
        var server = Assert.ContainsSingle(Servers());
        _workspace.Dotnet("build", "own", "--no-incremental").Succeeds();

        Assert.AreEqual(server, Assert.ContainsSingle(Servers()));
        Assert.HasCount(2, _workspace.Audit.Acquired("session"));
    }

    /// <summary>A server that a guarded operation started, and that ends with it, has served others.</summary>
    [TestMethod]
    public void AnUnguardedBuildThatItServesIsNotBroken()
    {
        var (compiled, over) = (_workspace.PathOf("compiled"), _workspace.PathOf("over"));
        _workspace.WriteBare("outer.proj", "", $"<Target Name=\"Build\"><Exec Command=\"UseSharedCompilation=true dotnet build guarded --no-restore &amp;&amp; until [ -e '{compiled}' ]; do sleep 0.02; done\" /></Target>");

        // Compiles while the server ends, and once more when it is gone.
        _workspace.Write("meanwhile/meanwhile.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <Target Name="Again" AfterTargets="CoreCompile" Condition="'$(Round)' == ''">
                <Exec Command="touch '{compiled}'" />
                <MSBuild Projects="$(MSBuildProjectFullPath)" Targets="Compile" Properties="Round=%(Rounds.Identity);IntermediateOutputPath=obj/%(Rounds.Identity)/" />
                <Exec Command="until [ -e '{over}' ]; do sleep 0.02; done" />
                <MSBuild Projects="$(MSBuildProjectFullPath)" Targets="Compile" Properties="Round=last;IntermediateOutputPath=obj/last/" />
              </Target>
              <ItemGroup><Rounds Include="1;2;3;4;5;6;7;8" /></ItemGroup>
            </Project>
            """);
        using var guarded = _workspace.StartDotnet("msbuild", "-nologo", "outer.proj");
        Deadline.Until(() => File.Exists(_workspace.PathOf("guarded/bin/Debug/net10.0/guarded.dll")), s_limit, () => guarded.Output);
        var server = Assert.ContainsSingle(Servers());
        using var unguarded = _workspace.StartDotnet("build", "meanwhile", "--no-restore");

        guarded.Wait().Succeeds();
        Assert.IsFalse(ProcessStat.IsRunning(server), "The server of the operation still runs.");
        File.WriteAllText(over, "");
        var result = unguarded.Wait().Succeeds();

        Assert.AreEqual(0, result.CountOf("error"), result.ToString());
        Assert.IsTrue(File.Exists(_workspace.PathOf("meanwhile/obj/last/meanwhile.dll")));
    }

    private List<int> Servers() => [.. ProcessStat.All()
        .Where(process => process.State != 'Z' && process.Arguments.Any(argument => argument == "-pipename:" + _pipe))
        .Select(process => process.Id)];

    private static void End(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            process.WaitForExit();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }
    }
}
