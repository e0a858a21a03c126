using BuildGuard.Tasks.Sessions;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>Finds the project that gives the build its identity: see <see cref="BuildAnchor"/>.</summary>
[MSBuildMultiThreadableTask]
public sealed class FindAnchor : Microsoft.Build.Utilities.Task
{
    /// <summary>The path of Session.proj.</summary>
    [Required]
    public string SessionProject { get; set; } = "";

    /// <summary>The path of that project.</summary>
    [Output]
    public string Anchor { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        Anchor = BuildAnchor.Of(SessionProject);
        return true;
    }
}
