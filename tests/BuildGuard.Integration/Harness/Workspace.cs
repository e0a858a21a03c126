using System.Globalization;

namespace BuildGuard.Integration.Harness;

/// <summary>A folder with projects that use the package, a state directory of its own, and an environment for both.</summary>
internal sealed class Workspace : IDisposable
{
    /// <summary>An empty one.</summary>
    /// <param name="name">A part of its path, for tests of hostile paths.</param>
    public Workspace(string name = "it")
    {
        Root = Path.Combine(Directory.CreateTempSubdirectory("buildguard-").FullName, name);
        Directory.CreateDirectory(Root);
        StateDirectory = Path.Combine(Path.GetDirectoryName(Root)!, "state");
        Environment = InnerEnvironment.Create(StateDirectory, Package.Packages);
        Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="local" value="{Package.Feed}" />
                <add key="nuget.org" value="https://api.nuget.org/v3/index.json" />
              </packageSources>
              <packageSourceMapping>
                <packageSource key="local"><package pattern="BuildGuard" /></packageSource>
                <packageSource key="nuget.org"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);

        // Nothing above this folder is imported.
        Write("Directory.Build.props", "<Project><PropertyGroup><NuGetAudit>false</NuGetAudit></PropertyGroup></Project>");
        Write("Directory.Build.targets", "<Project />");
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>The guard's state directory.</summary>
    public string StateDirectory { get; }

    /// <summary>The environment that commands are started with; tests may change it.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <summary>What the guard wrote down.</summary>
    public AuditTrail Audit => new(StateDirectory);

    /// <summary>As if the guard had never run here.</summary>
    public void ForgetState()
    {
        if (Directory.Exists(StateDirectory))
        {
            Directory.Delete(StateDirectory, recursive: true);
        }
    }

    /// <summary>The full path of a file in the folder.</summary>
    public string PathOf(string file) => Path.Combine(Root, file);

    /// <summary>Writes a file.</summary>
    public void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text);
    }

    /// <summary>
    /// Writes a project that imports the package's files and needs neither restore nor compiler. Its default target is Build.
    /// </summary>
    public void WriteBare(string file, string properties, string targets) => Write(file, $"""
        <Project DefaultTargets="Build">
          <PropertyGroup>{properties}</PropertyGroup>
          <Import Project="{Escape(Package.Folder)}/build/BuildGuard.props" />
          {targets}
          <Import Project="{Escape(Package.Folder)}/build/BuildGuard.targets" />
        </Project>
        """);

    /// <summary>Writes a project of the SDK that references the package.</summary>
    public void WriteReferencing(string file, string properties, string rest = "") => Write(file, $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>{properties}<ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
          <ItemGroup><PackageReference Include="BuildGuard" Version="{Package.Version}" /></ItemGroup>
          {rest}
        </Project>
        """);

    /// <summary>Runs <c>dotnet</c> to its end.</summary>
    public Result Dotnet(params string[] arguments)
    {
        using var running = StartDotnet(arguments);
        return running.Wait();
    }

    /// <summary>Builds a project that needs no restore, to its end.</summary>
    public Result Build(string project, params string[] arguments) => Dotnet(["msbuild", "-nologo", project, .. arguments]);

    /// <summary>Starts <c>dotnet</c>.</summary>
    public RunningCommand StartDotnet(params string[] arguments) => Start("dotnet", arguments, Environment);

    /// <summary>Starts the packaged helper.</summary>
    public RunningCommand StartHelper(params string[] arguments)
    {
        var native = Path.Combine(Package.Folder, "tools", "linux-x64", "buildguard");
        return File.Exists(native)
            ? Start(native, arguments, Environment)
            : StartDotnet(["exec", Path.Combine(Package.Folder, "tools", "any", "buildguard.dll"), .. arguments]);
    }

    /// <summary>Starts a command in the folder.</summary>
    public RunningCommand Start(string fileName, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        RunningCommand.Start(fileName, arguments, Root, environment);

    /// <summary>Writes a program that stands in for the helper and leaves a mark when it is started.</summary>
    public string WriteMarkingHelper(out string mark)
    {
        mark = PathOf("helper-was-started");
        Write("marking-helper", $"#!/bin/sh\ntouch '{mark}'\nexit 125\n");
        File.SetUnixFileMode(PathOf("marking-helper"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return PathOf("marking-helper");
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path.GetDirectoryName(Root)!, recursive: true);

    /// <summary>A text that MSBuild takes literally.</summary>
    public static string Escape(string text) => string.Concat(text.Select(character =>
        "%*?@$();'".Contains(character, StringComparison.Ordinal) ? "%" + ((int)character).ToString("x2", CultureInfo.InvariantCulture) : character.ToString()));
}
