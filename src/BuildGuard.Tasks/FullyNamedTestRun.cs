using Microsoft.Build.Framework;

namespace Microsoft.Testing.Platform.MSBuild;

/// <summary>
/// The task that runs an application of tests in a build (<c>-t:Test</c>), guarded, under the stock one's full name and with its
/// parameters: those of all versions so far. Tests.targets leaves versions alone that have others. A task factory would know
/// the parameters of every version, but a multithreaded build refuses each factory that is not MSBuild's own.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class InvokeTestingPlatformTask : BuildGuard.Tasks.GuardedTestRun
{
    public ITaskItem? TargetPath { get; set; }

    public ITaskItem? UseAppHost { get; set; }

    public ITaskItem? IsExecutable { get; set; }

    public ITaskItem? TargetDir { get; set; }

    public ITaskItem? AssemblyName { get; set; }

    public ITaskItem? NativeExecutableExtension { get; set; }

    public ITaskItem? TargetFrameworkIdentifier { get; set; }

    public ITaskItem? TargetFramework { get; set; }

    public ITaskItem? TestArchitecture { get; set; }

    public ITaskItem? ProjectFullPath { get; set; }

    public ITaskItem? TestingPlatformShowTestsFailure { get; set; }

    public ITaskItem? TestingPlatformCommandLineArguments { get; set; }

    public ITaskItem[]? VSTestCLIRunSettings { get; set; }

    public ITaskItem? TestingPlatformCaptureOutput { get; set; }

    public bool TestingPlatformDisableAppHostDotnetRoot { get; set; }

    public bool TestingPlatformUseDirectExecutable { get; set; }

    public ITaskItem? DotnetHostPath { get; set; }
}
