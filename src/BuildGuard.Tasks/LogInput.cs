using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>Logs what a build was told. Runs in Session.proj, so once for a whole build.</summary>
[MSBuildMultiThreadableTask]
public sealed class LogInput : Microsoft.Build.Utilities.Task
{
    /// <summary>The line.</summary>
    [Required]
    public string Text { get; set; } = "";

    /// <summary>Of what importance.</summary>
    [Required]
    public string Importance { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        Log.LogMessage(Enum.TryParse<MessageImportance>(Importance, ignoreCase: true, out var importance) ? importance : MessageImportance.Low, "{0}", Text);
        return true;
    }
}
