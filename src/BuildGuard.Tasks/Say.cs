using BuildGuard.Tasks.Helper;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>
/// Says a message of ordinary life, warns of a line in a file, or says an error. Runs in BuildGuard.proj or Session.proj, so once for a
/// whole build.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class Say : Microsoft.Build.Utilities.Task
{
    /// <summary>The code, <c>BG####</c>.</summary>
    [Required]
    public string Code { get; set; } = "";

    /// <summary>The line without the code.</summary>
    [Required]
    public string Text { get; set; } = "";

    /// <summary>Whether it is an error.</summary>
    public bool IsError { get; set; }

    /// <summary>The file that is at fault; empty for none.</summary>
    public string File { get; set; } = "";

    /// <summary>Its line, from 1.</summary>
    public int Line { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        var message = GuardMessage.Message(Code, Text);
        if (IsError)
        {
            var error = GuardMessage.Error(Code, Text);
            Log.LogGuard(File.Length > 0 ? error.At(File, Line) : error);
        }
        else if (File.Length > 0)
        {
            Log.LogWarning(null, Code, null, message.HelpLink, File, Line, 0, 0, 0, "{0}", message.Shown);
        }
        else
        {
            // The form in which projects say what they have made: the Terminal Logger shows nothing else. A code without
            // brackets would be taken for the scheme of a link.
            Log.LogOrdinary(Code, $"BuildGuard -> ({Code}) {message.Shown}");
        }

        return !IsError;
    }
}
