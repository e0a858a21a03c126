namespace BuildGuard.Integration.Hosts;

/// <summary>The tasks for the .NET Framework, on the runtime of its kind that Linux has.</summary>
[TestClass]
[DoNotParallelize]
public sealed class MonoTests
{
    [TestMethod]
    public void TheTasksForTheNetFrameworkRunACommandGuarded()
    {
        if (!File.Exists("/usr/bin/mono"))
        {
            Assert.Inconclusive("no mono here (Debian: apt-get install mono-runtime libmono-system-xaml4.0-cil)");
        }

        using var workspace = new Workspace();
        workspace.Write("host/host.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net472</TargetFramework><OutputType>Exe</OutputType><LangVersion>latest</LangVersion></PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Microsoft.NETFramework.ReferenceAssemblies" Version="1.0.3" PrivateAssets="all" />
                <PackageReference Include="Microsoft.Build.Tasks.Core" Version="17.7.2" />
                <PackageReference Include="Microsoft.Build.Utilities.Core" Version="17.7.2" />
                <Reference Include="{Workspace.Escape(Package.Folder)}/tools/tasks/net472/BuildGuard.Tasks.dll" />
              </ItemGroup>
            </Project>
            """);
        workspace.Write("host/Program.cs", """
            using System;
            using System.Collections;
            using System.Collections.Generic;
            using Microsoft.Build.Framework;

            internal static class Program
            {
                private static int Main(string[] arguments)
                {
                    var engine = new Engine();
                    var configure = new BuildGuard.Tasks.Configure
                    {
                        BuildEngine = engine,
                        ProjectName = "mono",
                        ToolsDirectory = arguments[0] + "/tools/",
                        ProjectDirectory = Environment.CurrentDirectory,
                        StartupDirectory = Environment.CurrentDirectory,
                        SessionProject = arguments[0] + "/build/Session.proj",
                        Hold = "Operation",
                        Importance = "low",
                    };
                    var exec = new BuildGuard.Tasks.Exec { BuildEngine = engine, Command = arguments[1], ConsoleToMSBuild = true, IgnoreExitCode = true };
                    bool succeeded = configure.Execute() && exec.Execute();
                    foreach (var line in exec.ConsoleOutput)
                    {
                        Console.WriteLine("output: " + line.ItemSpec);
                    }

                    Console.WriteLine("exit code: " + exec.ExitCode + " of " + exec.GetType().Assembly.GetName().Name + " on " + (Type.GetType("Mono.Runtime") == null ? "another runtime" : "mono"));
                    return succeeded ? 0 : 1;
                }

                private sealed class Engine : IBuildEngine6
                {
                    public bool IsRunningMultipleNodes => false;
                    public bool ContinueOnError => false;
                    public int LineNumberOfTaskNode => 0;
                    public int ColumnNumberOfTaskNode => 0;
                    public string ProjectFileOfTaskNode => "mono.proj";
                    public IReadOnlyDictionary<string, string> GetGlobalProperties() => new Dictionary<string, string>();
                    public void LogErrorEvent(BuildErrorEventArgs e) => Console.WriteLine("error " + e.Code + ": " + e.Message);
                    public void LogWarningEvent(BuildWarningEventArgs e) => Console.WriteLine("warning " + e.Code + ": " + e.Message);
                    public void LogMessageEvent(BuildMessageEventArgs e) => Console.WriteLine(e.Message);
                    public void LogCustomEvent(CustomBuildEventArgs e) { }
                    public void LogTelemetry(string name, IDictionary<string, string> properties) { }
                    public void Yield() { }
                    public void Reacquire() { }
                    public object GetRegisteredTaskObject(object key, RegisteredTaskObjectLifetime lifetime) => null;
                    public void RegisterTaskObject(object key, object value, RegisteredTaskObjectLifetime lifetime, bool early) { }
                    public object UnregisterTaskObject(object key, RegisteredTaskObjectLifetime lifetime) => null;
                    public bool BuildProjectFile(string file, string[] targets, IDictionary globals, IDictionary outputs) => throw new NotSupportedException();
                    public bool BuildProjectFile(string file, string[] targets, IDictionary globals, IDictionary outputs, string version) => throw new NotSupportedException();
                    public bool BuildProjectFilesInParallel(string[] files, string[] targets, IDictionary[] globals, IDictionary[] outputs, string[] versions, bool cache, bool unload) => throw new NotSupportedException();
                    public BuildEngineResult BuildProjectFilesInParallel(string[] files, string[] targets, IDictionary[] globals, IList<string>[] removed, string[] versions, bool outputs)
                    {
                        Console.WriteLine("asked: " + targets[0] + " " + globals[0]["BuildGuardCode"]);
                        return new BuildEngineResult(true, new List<IDictionary<string, ITaskItem[]>> { new Dictionary<string, ITaskItem[]>() });
                    }
                }
            }
            """);
        workspace.Dotnet("build", "host", "-v", "q").Succeeds();

        using var running = workspace.Start(
            "/usr/bin/mono",
            [workspace.PathOf("host/bin/Debug/net472/host.exe"), Package.Folder, "echo \"in $BUILDGUARD_LEASE\"; exit 3"],
            workspace.Environment);
        running.Wait().Succeeds().Says("output: in user/1-").Says("exit code: 3 of BuildGuard.Tasks on mono")
            .Says("asked: Say BG0024").Says("asked: ReadInputs");

        Assert.HasCount(1, workspace.Audit.Acquired("operation"));
        Assert.HasCount(1, workspace.Audit.Named("released"));
    }
}
