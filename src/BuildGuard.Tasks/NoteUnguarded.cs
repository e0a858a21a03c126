using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Sessions;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>
/// Has the helper note in the audit trail that a build is not guarded. Runs in Session.proj, so once for a whole build. Waits
/// for nothing and never fails: what cannot be noted is not.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class NoteUnguarded : Microsoft.Build.Utilities.Task
{
    /// <summary>The package's folder <c>tools</c>.</summary>
    [Required]
    public string ToolsDirectory { get; set; } = "";

    /// <summary>The helper that the user chose instead of the packaged one, an absolute path.</summary>
    public string HelperPath { get; set; } = "";

    /// <summary>Where the build was started.</summary>
    public string StartupDirectory { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (HelperLocator.Find(ToolsDirectory, HelperPath).NoteUnguarded(SessionLabel.Of(StartupDirectory), StartupDirectory) is { } problem)
        {
            Log.LogMessage(MessageImportance.Low, "BuildGuard: that this build is not guarded cannot be noted: {0}", problem);
        }

        return true;
    }
}
