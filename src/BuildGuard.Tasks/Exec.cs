using System.Diagnostics;
using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>
/// The Exec task of MSBuild, its command run by the helper as one operation. Where no guarded project is being built
/// (restore, design time, switched off) it is the Exec task of MSBuild and nothing else.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class Exec : Microsoft.Build.Tasks.Exec
{
    private GuardedProject? _project;
    private string? _messagesFile;
    private bool _isStoppedByGuard;

    /// <inheritdoc/>
    public override bool Execute()
    {
        _project = Switches.IsDisabled(ProjectEnvironment.Get(this, "BUILDGUARD_DISABLE")) || !HelperLocator.IsSupported
            ? null
            : GuardedProject.Decode(ProjectEnvironment.Get(this, GuardedProject.Variable));
        if (_project is null)
        {
            return base.Execute();
        }

        if (Helper(_project).Missing() is { } missing)
        {
            Log.LogGuard(missing);
            return false;
        }

        var isSuccess = base.Execute();

        // What the guard stopped has failed, also where the command's own exit code would be ignored.
        return isSuccess && !_isStoppedByGuard;
    }

    /// <inheritdoc/>
    protected override int ExecuteTool(string pathToTool, string responseFileCommands, string commandLineCommands)
    {
        if (_project is null)
        {
            return base.ExecuteTool(pathToTool, responseFileCommands, commandLineCommands);
        }

        var messages = new OperationMessages(Log);
        _messagesFile = messages.File;
        try
        {
            return base.ExecuteTool(pathToTool, responseFileCommands, commandLineCommands);
        }
        finally
        {
            messages.Dispose();
            _isStoppedByGuard = messages.HasError;
        }
    }

    /// <inheritdoc/>
    protected override bool HandleTaskExecutionErrors() =>
        // The guard's error says why; "exited with code 137" would only repeat it.
        !_isStoppedByGuard && base.HandleTaskExecutionErrors();

    /// <inheritdoc/>
    protected override ProcessStartInfo GetProcessStartInfo(string pathToTool, string commandLineCommands, string responseFileSwitch)
    {
        var start = base.GetProcessStartInfo(pathToTool, commandLineCommands, responseFileSwitch);
        TestRunVariable.RemoveFrom(start.Environment);
        if (_project is not null && _messagesFile is not null)
        {
            var helper = Helper(_project);
            string[] arguments =
            [
                .. helper.LeadingArguments,
                "run", "--with-parent", "--kind", "exec", "--messages", _messagesFile, "--label", _project.Name + ": Exec",
                .. _project.PropertyArguments(),
                "--", start.FileName,
            ];
            start.FileName = helper.FileName;
            start.Arguments = CommandLine.Join(arguments) + " " + start.Arguments;
        }

        return start;
    }

    private static HelperProgram Helper(GuardedProject project) =>
        new(project.HelperFile, project.HelperManagedFile.Length > 0 ? project.HelperManagedFile : null);
}
