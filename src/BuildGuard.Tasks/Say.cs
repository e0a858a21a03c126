using BuildGuard.Tasks.Helper;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>Says a message of ordinary life. Runs in Session.proj, so once for a whole build.</summary>
[MSBuildMultiThreadableTask]
public sealed class Say : Microsoft.Build.Utilities.Task
{
    /// <summary>The code, <c>BG####</c>.</summary>
    [Required]
    public string Code { get; set; } = "";

    /// <summary>The line without the code.</summary>
    [Required]
    public string Text { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        Log.LogGuard(GuardMessage.Message(Code, Text));
        return true;
    }
}
