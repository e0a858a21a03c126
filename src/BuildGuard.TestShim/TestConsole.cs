using BuildGuard.Tasks.Projects;

namespace BuildGuard.TestShim;

/// <summary>The real test console.</summary>
/// <param name="Path">The managed program.</param>
/// <param name="Host">The program that runs it.</param>
internal sealed record TestConsole(string Path, string Host)
{
    private const string FileName = "vstest.console.dll";

    /// <summary>The one that the project named, else that of the SDK this process was started by; null when there is none.</summary>
    public static TestConsole? Find(GuardedProject? project)
    {
        string?[] candidates =
        [
            project?.TestConsole,
            InDirectory(Environment.GetEnvironmentVariable("MSBuildExtensionsPath")),
            InDirectory(System.IO.Path.GetDirectoryName(Environment.GetEnvironmentVariable("MSBUILD_EXE_PATH"))),
            InDirectory(System.IO.Path.GetDirectoryName(Environment.GetEnvironmentVariable("MSBuildSDKsPath"))),
        ];
        var own = typeof(TestConsole).Assembly.GetName().Name + ".dll";
        var path = candidates.FirstOrDefault(candidate =>
            File.Exists(candidate) && System.IO.Path.GetFileName(candidate) != own);
        return path is null ? null : new TestConsole(path, HostOf(project));
    }

    private static string HostOf(GuardedProject? project)
    {
        var own = Environment.ProcessPath;
        return project is { DotnetHost.Length: > 0 } && File.Exists(project.DotnetHost) ? project.DotnetHost
            : System.IO.Path.GetFileNameWithoutExtension(own) == "dotnet" ? own!
            : "dotnet";
    }

    private static string? InDirectory(string? directory) =>
        string.IsNullOrEmpty(directory) ? null : System.IO.Path.Combine(directory, FileName);
}
