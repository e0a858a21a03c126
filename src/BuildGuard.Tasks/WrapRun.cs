using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;
using BuildGuard.Tasks.Sessions;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>Makes the command that runs an application the helper that runs it.</summary>
/// <remarks>
/// Whoever runs applications asks for their command without showing what the tasks say: "dotnet test" shows nothing, "dotnet
/// run" errors only. So what people must know is said on standard error here.
/// </remarks>
[MSBuildMultiThreadableTask]
public sealed class WrapRun : ProjectTask
{
    private static int s_isUnguardedSaid;

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

    /// <summary>Whether the project has <c>BuildGuardEnabled=false</c>.</summary>
    public bool IsSwitchedOff { get; set; }

    /// <summary>The package's folder <c>tools</c>.</summary>
    [Required]
    public string ToolsDirectory { get; set; } = "";

    /// <summary>The helper that the user chose instead of the packaged one, an absolute path.</summary>
    public string HelperPath { get; set; } = "";

    /// <summary>Where it was started.</summary>
    public string StartupDirectory { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (!HelperLocator.IsSupported)
        {
            return true;
        }

        var isDisabled = Switches.IsDisabled(ProjectEnvironment.Get(this, Switches.DisableVariable));
        if (isDisabled || IsSwitchedOff)
        {
            SayUnguarded(isDisabled ? Switches.DisableVariable : "BuildGuardEnabled=false");
            return true;
        }

        if (GuardedProject.Decode(ProjectEnvironment.Get(this, GuardedProject.Variable)) is not { } project)
        {
            return true;
        }

        var helper = HelperProgram.Of(project);
        if (helper.Missing() is { } missing)
        {
            Log.LogGuard(missing);
            if (IsTestCommand())
            {
                Console.Error.WriteLine($"BuildGuard: error {missing.Code}: {missing.Shown}");
            }

            return false;
        }

        Wrap(project, helper);
        return true;
    }

    private void Wrap(GuardedProject project, HelperProgram helper)
    {
        Arguments = (HelperProgram.OperationArguments(project, Kind, Kind, messagesFile: null, Command) + " " + Arguments).TrimEnd();
        Command = helper.FileName;
    }

    /// <summary>Whether it is "dotnet test" that asks.</summary>
    private static bool IsTestCommand() => Environment.GetCommandLineArgs().Contains("test", StringComparer.OrdinalIgnoreCase);

    /// <summary>Once for a whole run. A build before it has said it itself, so only where there was none.</summary>
    private void SayUnguarded(string reason)
    {
        if (!Environment.GetCommandLineArgs().Contains("--no-build", StringComparer.OrdinalIgnoreCase)
            || Interlocked.Exchange(ref s_isUnguardedSaid, 1) != 0)
        {
            return;
        }

        var message = GuardMessage.Message("BG0002", $"nothing is guarded, because of {reason}");
        Console.Error.WriteLine($"BuildGuard: {message.Code}: {message.Shown}");
        _ = HelperLocator.Find(ToolsDirectory, HelperPath).NoteUnguarded(SessionLabel.Of(StartupDirectory), StartupDirectory);
    }
}
