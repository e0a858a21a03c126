namespace BuildGuard.Integration.Matrix;

/// <summary>A program that loads MSBuild into itself, as build tools and editors do.</summary>
[TestClass]
[DoNotParallelize]
public sealed class HostTests : IDisposable
{
    private const string Program = """
        using Microsoft.Build.Execution;
        using Microsoft.Build.Framework;
        using Microsoft.Build.Locator;

        MSBuildLocator.RegisterDefaults();
        return Host.Build(args[0]);

        internal static class Host
        {
            public static int Build(string project)
            {
                using var projects = new Microsoft.Build.Evaluation.ProjectCollection();
                for (var time = 1; time <= 2; time++)
                {
                    var parameters = new BuildParameters(projects) { Loggers = [new Microsoft.Build.Logging.ConsoleLogger(LoggerVerbosity.Minimal)] };
                    var result = BuildManager.DefaultBuildManager.Build(parameters, new BuildRequestData(project, new Dictionary<string, string?>(), null, ["Build"], null));
                    Console.WriteLine("build " + time + ": " + result.OverallResult);
                }

                return 0;
            }
        }
        """;

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void EachBuildOfAHostIsASessionOfItsOwn()
    {
        _workspace.Write("host/host.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Microsoft.Build.Locator" Version="1.11.2" />
                <PackageReference Include="Microsoft.Build" Version="18.12.2" ExcludeAssets="runtime" />
                <PackageReference Include="Microsoft.Build.Framework" Version="18.12.2" ExcludeAssets="runtime" />
              </ItemGroup>
            </Project>
            """);
        _workspace.Write("host/Program.cs", Program);
        _workspace.Dotnet("build", "host", "-v", "q").Succeeds();
        _workspace.WriteBare("a.proj", "", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");

        _workspace.Dotnet("exec", "host/bin/Debug/net10.0/host.dll", _workspace.PathOf("a.proj")).Succeeds().Says("build 1: Success").Says("build 2: Success");

        // The host lives on after the first build; its turn does not.
        var leases = _workspace.Audit.Events.Where(one => one.TryGetProperty("kind", out var kind) && kind.GetString() == "session")
            .Select(one => one.GetProperty("event").GetString()).ToArray();
        CollectionAssert.AreEqual(new[] { "acquired", "released", "acquired", "released" }, leases);
    }
}
