using System.ComponentModel;
using System.Diagnostics;
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
        try
        {
            Start(HelperLocator.Find(ToolsDirectory, HelperPath));
        }
        catch (Exception problem) when (problem is Win32Exception or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            Log.LogMessage(MessageImportance.Low, "BuildGuard: that this build is not guarded cannot be noted: {0}", problem.Message);
        }

        return true;
    }

    private void Start(HelperProgram program)
    {
        if (program.Missing() is { } missing)
        {
            Log.LogMessage(MessageImportance.Low, "BuildGuard: that this build is not guarded cannot be noted: {0}", missing.Text);
            return;
        }

        List<string> arguments = ["unguarded", "--label", SessionLabel.Of(StartupDirectory)];
        if (StartupDirectory.Length > 0)
        {
            arguments.AddRange(["--cwd", StartupDirectory]);
        }

        // Streams of its own, which close with us, so that nobody who reads the build's output waits for it.
        using var process = Process.Start(new ProcessStartInfo(program.FileName, CommandLine.Join(program.LeadingArguments.Concat(arguments)))
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
    }
}
