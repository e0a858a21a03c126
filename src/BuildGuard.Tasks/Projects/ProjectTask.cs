using Microsoft.Build.Utilities;

namespace BuildGuard.Tasks.Projects;

/// <summary>
/// A task that reads or sets the environment of its project's build. It runs no tool: a ToolTask because that is what a
/// multithreaded MSBuild gives the project's environment to.
/// </summary>
public abstract class ProjectTask : ToolTask
{
    /// <inheritdoc/>
    protected override string ToolName => "buildguard";

    /// <inheritdoc/>
    protected override string GenerateFullPathToTool() => ToolName;

    /// <inheritdoc/>
    public abstract override bool Execute();
}
