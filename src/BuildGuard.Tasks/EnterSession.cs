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
    /// <summary>The variable that says in which lease one stands.</summary>
    internal const string LeaseVariable = "BUILDGUARD_LEASE";

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

    /// <summary>The task assembly that the user chose instead of the packaged one.</summary>
    public string TaskAssembly { get; set; } = "";

    /// <summary>The settings that the helper knows: item named like the setting, metadata <c>Value</c>.</summary>
    public ITaskItem[] Settings { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var singleton = new Singleton(BuildEngine, SessionProject);
        if (Unguarded.Length > 0)
        {
            singleton.Say(GuardMessage.Message(
                "BG0002", $"nothing is guarded{(IsForAll() ? "" : " in projects that set it")}, because of BuildGuardEnabled=false"));
            if (HelperLocator.IsSupported)
            {
                singleton.NoteUnguarded(Chosen());
            }

            return true;
        }

        if (!HelperLocator.IsSupported)
        {
            singleton.Say(GuardMessage.Message(
                "BG0007", "nothing is guarded, because this operating system is not supported yet"));
            return true;
        }

        // Without a session there is nothing to wait for, but that the guard is off is still said.
        var isDisabled = Switches.IsDisabled(ProjectEnvironment.Get(this, "BUILDGUARD_DISABLE"));
        return (Hold.Equals("Operation", StringComparison.OrdinalIgnoreCase) && !isDisabled) || Enter(singleton);
    }

    /// <summary>Whether it was said for the whole build, and not in some of its projects.</summary>
    private bool IsForAll() => BuildEngine6.GetGlobalProperties().Keys.Contains("BuildGuardEnabled", StringComparer.OrdinalIgnoreCase);

    private bool Enter(Singleton singleton)
    {
        // All of them, also those that matter to operations only: a bad value is refused before any work is done.
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["BuildGuardSettings"] = GuardProperty.Encode(GuardProperty.Pairs(Settings)),
        };
        foreach (var chosen in Chosen())
        {
            settings[chosen.Key] = chosen.Value;
        }

        var build = singleton.BuildId();
        if (build is not null)
        {
            settings["BuildGuardBuildId"] = build;
        }

        var lease = build is null ? null : singleton.WaitForTurn(settings);
        if (lease is null)
        {
            singleton.AllowSilentFailure();
            return false;
        }

        if (lease.Length > 0)
        {
            StandIn(lease);
            Log.LogMessage(MessageImportance.Low, "BuildGuard: [decision] session {0}", lease);
        }

        return true;
    }

    private void StandIn(string lease)
    {
        if (!ProjectEnvironment.Set(this, LeaseVariable, lease) && TestFile.Length > 0
            && GuardedProject.Decode(ProjectEnvironment.Get(this, GuardedProject.Variable)) is { } project)
        {
            project.Lease = lease;
            Environment.SetEnvironmentVariable(TestRunVariable.NameOf(TestFile), project.Encode());
        }
    }

    /// <summary>What the user chose instead of what is packaged.</summary>
    private Dictionary<string, string> Chosen()
    {
        var chosen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        AddIfSet(chosen, "BuildGuardHelperPath", HelperPath);
        AddIfSet(chosen, "BuildGuardTaskAssembly", TaskAssembly);
        return chosen;
    }

    private static void AddIfSet(Dictionary<string, string> settings, string name, string value)
    {
        if (value.Length > 0)
        {
            settings[name] = value;
        }
    }
}
