using BuildGuard.Tasks.Helper;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>Says a message of ordinary life, or warns of a line in a file. Runs in BuildGuard.proj, so once for a whole build.</summary>
[MSBuildMultiThreadableTask]
public sealed class Say : Microsoft.Build.Utilities.Task
{
    /// <summary>The code, <c>BG####</c>.</summary>
    [Required]
    public string Code { get; set; } = "";

    /// <summary>The line without the code.</summary>
    [Required]
    public string Text { get; set; } = "";

    /// <summary>The file that is warned of; empty for a message.</summary>
    public string File { get; set; } = "";

    /// <summary>Its line, from 1.</summary>
    public int Line { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        var message = GuardMessage.Message(Code, Text);
        if (File.Length > 0)
        {
            Log.LogWarning(null, Code, null, message.HelpLink, File, Line, 0, 0, 0, "{0}", message.Shown);
        }
        else
        {
            // The form in which projects say what they have made: the Terminal Logger shows nothing else. A code without
            // brackets would be taken for the scheme of a link.
            Log.LogOrdinary(Code, $"BuildGuard -> ({Code}) {message.Shown}");
        }

        return true;
    }
}
