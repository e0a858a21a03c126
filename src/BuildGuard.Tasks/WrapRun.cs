using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>Makes the command that runs an application the helper that runs it.</summary>
[MSBuildMultiThreadableTask]
public sealed class WrapRun : ProjectTask
{
    /// <summary>The program that is run; afterwards the helper.</summary>
    [Required]
    [Output]
    public string Command { get; set; } = "";

    /// <summary>Its arguments as one text; afterwards the helper's.</summary>
    [Output]
    public string Arguments { get; set; } = "";

    /// <summary><c>tests</c> or <c>run</c>.</summary>
    [Required]
    public string Kind { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        var project = GuardedProject.Decode(ProjectEnvironment.Get(this, GuardedProject.Variable));
        if (project is null || !HelperLocator.IsSupported || Switches.IsDisabled(ProjectEnvironment.Get(this, "BUILDGUARD_DISABLE")))
        {
            return true;
        }

        var helper = new HelperProgram(project.HelperFile, project.HelperManagedFile.Length > 0 ? project.HelperManagedFile : null);
        if (helper.Missing() is { } missing)
        {
            Log.LogGuard(missing);
            return false;
        }

        string[] arguments =
        [
            .. helper.LeadingArguments,
            "run", "--with-parent", "--kind", Kind, "--label", project.Name + ": " + Kind,
            .. project.PropertyArguments(),
            "--", Command,
        ];
        Arguments = (CommandLine.Join(arguments) + " " + Arguments).TrimEnd();
        Command = helper.FileName;
        return true;
    }
}
