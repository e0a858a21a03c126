using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;
using BuildGuard.Tasks.Sessions;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>
/// What a project does before its work starts: the build's one session is asked for, waited for, and named to everything
/// that the project's build starts from then on.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class EnterSession : ProjectTask
{
    /// <summary>Why the project is not guarded, or empty: <c>Property</c> (switched off).</summary>
    public string Unguarded { get; set; } = "";

    /// <summary>The path of Session.proj.</summary>
    [Required]
    public string SessionProject { get; set; } = "";

    /// <summary>The assembly with the project's tests, an absolute path.</summary>
    public string TestFile { get; set; } = "";

    /// <summary><c>Build</c> or <c>Operation</c>.</summary>
    public string Hold { get; set; } = "";

    /// <summary>The helper that the user chose instead of the packaged one, an absolute path.</summary>
    public string HelperPath { get; set; } = "";

    /// <summary>The task assembly that the user chose instead of the packaged one, an absolute path.</summary>
    public string TaskAssembly { get; set; } = "";

    /// <summary>The settings that the helper knows: item named like the setting, metadata <c>Value</c>.</summary>
    public ITaskItem[] Settings { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var once = new OncePerBuild(BuildEngine, SessionProject);
        if (Unguarded.Length > 0)
        {
            UnguardedBuild.Say(BuildEngine, once, IsForAll() ? "" : " in projects that set it", "BuildGuardEnabled=false", Chosen());
            return true;
        }

        if (!HelperLocator.IsSupported)
        {
            once.Say(GuardMessage.Message(
                "BG0007", "nothing is guarded, because this operating system is not supported yet"));
            return true;
        }

        if (Switches.IsDisabled(ProjectEnvironment.Get(this, Switches.DisableVariable)))
        {
            UnguardedBuild.Say(BuildEngine, once, "", Switches.DisableVariable, Chosen());
            return true;
        }

        return Hold.Equals("Operation", StringComparison.OrdinalIgnoreCase)
            || SessionEntry.Enter(this, once, GuardProperty.Pairs(Settings), Chosen(), TestFile);
    }

    /// <summary>Whether it was said for the whole build, and not in some of its projects.</summary>
    private bool IsForAll() => BuildEngine6.GetGlobalProperties().Keys.Contains("BuildGuardEnabled", StringComparer.OrdinalIgnoreCase);

    private Dictionary<string, string> Chosen() => SessionEntry.Chosen(HelperPath, TaskAssembly);
}
