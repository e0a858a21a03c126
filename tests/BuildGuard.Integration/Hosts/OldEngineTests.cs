namespace BuildGuard.Integration.Hosts;

/// <summary>A program that has an MSBuild of its own, as old as the one that the tasks are compiled against.</summary>
[TestClass]
[DoNotParallelize]
public sealed class OldEngineTests
{
    [TestMethod]
    public void TheTasksServeAnOldEngineInProcess()
    {
        using var workspace = new Workspace();
        workspace.Write("host/host.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Microsoft.Build" Version="17.7.2" />
                <PackageReference Include="Microsoft.Build.Tasks.Core" Version="17.7.2" />
                <PackageReference Include="Microsoft.Build.Utilities.Core" Version="17.7.2" />
              </ItemGroup>
            </Project>
            """);
        workspace.Write("host/Program.cs", """
            using Microsoft.Build.Execution;
            using Microsoft.Build.Evaluation;
            using Microsoft.Build.Logging;

            using var projects = new ProjectCollection();
            var parameters = new BuildParameters(projects) { Loggers = [new ConsoleLogger(Microsoft.Build.Framework.LoggerVerbosity.Normal)] };
            var data = new BuildRequestData(args[0], new Dictionary<string, string>(), null, ["Build"], null);
            Console.WriteLine("engine " + typeof(Project).Assembly.GetName().Version + " " + ProjectCollection.DisplayVersion);
            return BuildManager.DefaultBuildManager.Build(parameters, data).OverallResult == BuildResultCode.Success ? 0 : 1;
            """);
        workspace.Dotnet("build", "host", "-v", "q").Succeeds();
        workspace.WriteBare("a.proj", "", """
            <Target Name="Build">
              <Exec Command="echo $BUILDGUARD_LEASE; exit 3" IgnoreExitCode="true" ConsoleToMSBuild="true"><Output TaskParameter="ExitCode" PropertyName="Code" /></Exec>
              <Microsoft.Build.Tasks.Exec Command="true" />
              <Exec Command="echo code $(Code)" />
            </Target>
            """);

        // An engine without the program around it has no built-in tasks, not even Message: the guard needs none.
        workspace.Environment["MSBUILD_EXE_PATH"] = workspace.PathOf("host/bin/Debug/net10.0/Microsoft.Build.dll");
        using var running = workspace.StartDotnet("exec", workspace.PathOf("host/bin/Debug/net10.0/host.dll"), workspace.PathOf("a.proj"));
        running.Wait().Succeeds().Says("17.7.").Says("code 3").NeverSays("BG0024");

        Assert.HasCount(1, workspace.Audit.Acquired("session"));
        Assert.HasCount(3, workspace.Audit.Acquired("operation"));
        Assert.HasCount(4, workspace.Audit.Named("released"));
    }
}
