using System.Security.Cryptography;
using System.Text;

namespace BuildGuard.Integration.Matrix;

/// <summary>Small projects of every kind, with the package or without it, and otherwise the same.</summary>
internal sealed class ProjectSet : IDisposable
{
    private const string Tests = """
        using Microsoft.VisualStudio.TestTools.UnitTesting;

        [TestClass]
        public class Tests
        {
            [TestMethod]
            public void Greets() => Assert.AreEqual("hello", Lib.Greeting.Text);
        }
        """;

    /// <summary>Writes them.</summary>
    /// <param name="isGuarded">Whether they use the package.</param>
    public ProjectSet(bool isGuarded)
    {
        Workspace = new Workspace();
        OwnServers = new OwnServers(Workspace);
        var reference = isGuarded ? $"<ItemGroup><PackageReference Include=\"BuildGuard\" Version=\"{Package.Version}\" /></ItemGroup>" : "";

        // The same sources give the same files, wherever they lie.
        Workspace.Write("Directory.Build.props", $"""
            <Project>
              <PropertyGroup>
                <NuGetAudit>false</NuGetAudit>
                <ImplicitUsings>enable</ImplicitUsings>
                <PathMap>$(MSBuildThisFileDirectory)=/_/</PathMap>
              </PropertyGroup>
              {reference}
            </Project>
            """);
        Workspace.Write("Directory.Build.targets", "<Project><Target Name=\"Step\" AfterTargets=\"CoreCompile\"><Exec Command=\"true\" /></Target></Project>");
        Write("lib/lib.csproj", "<TargetFrameworks>net10.0;net8.0</TargetFrameworks>");
        Workspace.Write("lib/Greeting.cs", "namespace Lib; public static class Greeting { public static string Text => \"hello\"; }");
        Write("app/app.csproj", "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>", Reference("lib/lib.csproj"));
        Workspace.Write("app/Program.cs", "System.Console.WriteLine(Lib.Greeting.Text);");
        Write("fs/fs.fsproj", "<TargetFramework>net10.0</TargetFramework>", "<ItemGroup><Compile Include=\"Module.fs\" /></ItemGroup>");
        Workspace.Write("fs/Module.fs", "module Module\nlet one = 1\n");
        Write("vb/vb.vbproj", "<TargetFramework>net10.0</TargetFramework>");
        Workspace.Write("vb/One.vb", "Public Class One\nEnd Class\n");
        Write("tests/tests.csproj", "<TargetFramework>net10.0</TargetFramework>", TestProjects.VSTestReferences + Reference("lib/lib.csproj"));
        Workspace.Write("tests/Tests.cs", Tests);
        Write("platform/platform.csproj", TestProjects.PlatformProperties, TestProjects.PlatformReferences + Reference("lib/lib.csproj"));
        Workspace.Write("platform/Tests.cs", Tests);
        Workspace.Write("none/none.proj", "<Project Sdk=\"Microsoft.Build.NoTargets/3.7.0\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        Workspace.Write("dirs.proj", "<Project DefaultTargets=\"Build\"><Target Name=\"Build\"><MSBuild Projects=\"app/app.csproj;lib/lib.csproj\" BuildInParallel=\"true\" /></Target></Project>");
        Workspace.Write("all.slnx", Solution("lib/lib.csproj", "app/app.csproj", "tests/tests.csproj"));
        Workspace.Write("every.slnx", Solution("lib/lib.csproj", "app/app.csproj", "tests/tests.csproj", "platform/platform.csproj", "fs/fs.fsproj", "vb/vb.vbproj"));
        Workspace.Dotnet("new", "sln", "-n", "all", "--format", "sln").Succeeds();
        Workspace.Dotnet("sln", "all.sln", "add", "lib", "app").Succeeds();
    }

    /// <summary>Where they are.</summary>
    public Workspace Workspace { get; }

    /// <summary>The servers of MSBuild that its commands leave.</summary>
    public OwnServers OwnServers { get; }

    /// <summary>Runs a command as a user types it, variables before it included, with a state directory that is new.</summary>
    public Result Run(string command)
    {
        Workspace.ForgetState();
        var words = command.Split(' ');
        var variables = words.TakeWhile(word => word.Contains('=', StringComparison.Ordinal)).Select(word => word.Split('=')).ToList();
        var environment = new Dictionary<string, string>(Workspace.Environment);
        foreach (var variable in variables)
        {
            environment[variable[0]] = variable[1];
        }

        using var running = Workspace.Start(words[variables.Count], words.Skip(variables.Count + 1), environment);
        return running.Wait();
    }

    /// <summary>
    /// What has been built: the files of all folders <c>bin</c>, and what is in them but the path of the set itself. Neither
    /// packages, which are never the same twice, nor the results of tests.
    /// </summary>
    public IReadOnlyDictionary<string, string> Outputs() => Directory.GetFiles(Workspace.Root, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Workspace.Root, file))
        .Where(file => file.Split('/')is var folders && folders.Contains("bin") && !folders.Contains("TestResults") && !file.EndsWith(".nupkg", StringComparison.Ordinal))
        .ToDictionary(file => file, file => Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(
            File.ReadAllText(Workspace.PathOf(file), Encoding.Latin1).Replace(Workspace.Root, "", StringComparison.Ordinal)))));

    /// <inheritdoc/>
    public void Dispose()
    {
        OwnServers.End();
        Workspace.Dispose();
    }

    private static string Solution(params string[] projects) => $"<Solution>{string.Concat(projects.Select(project => $"<Project Path=\"{project}\" />"))}</Solution>";

    private static string Reference(string project) => $"<ItemGroup><ProjectReference Include=\"../{project}\" /></ItemGroup>";

    private void Write(string file, string properties, string rest = "") => Workspace.Write(
        file, $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup>{properties}</PropertyGroup>{rest}</Project>");
}
