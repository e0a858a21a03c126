using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace BuildGuard.Tasks.Sessions;

/// <summary>The way of one project's build into the one session of the whole build.</summary>
internal static class SessionEntry
{
    /// <summary>The variable that says in which lease one stands.</summary>
    public const string LeaseVariable = "BUILDGUARD_LEASE";

    /// <summary>
    /// Waits for the turn, which the first project to ask takes for all, and stands in its lease from then on. False when the
    /// build may not go on; the reason is said.
    /// </summary>
    /// <param name="task">Who asks, for its project's environment.</param>
    /// <param name="once">Session.proj.</param>
    /// <param name="settings">The settings that the helper knows, each <c>NAME=VALUE</c>.</param>
    /// <param name="chosen">What the user chose instead of what is packaged.</param>
    /// <param name="testFile">The assembly with the project's tests; empty for none.</param>
    public static bool Enter(
        ToolTask task, OncePerBuild once, IEnumerable<string> settings, IReadOnlyDictionary<string, string> chosen, string testFile)
    {
        // All settings, also those that matter to operations only: a bad value is refused before any work is done.
        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["BuildGuardSettings"] = GuardProperty.Encode(settings),
        };
        foreach (var one in chosen)
        {
            properties[one.Key] = one.Value;
        }

        var build = once.BuildId();
        if (build is not null)
        {
            properties["BuildGuardBuildId"] = build;
        }

        var passedOverLock = "";
        var lease = build is null ? null : once.WaitForTurn(properties, out passedOverLock);
        if (lease is null)
        {
            once.AllowSilentFailure();
            return false;
        }

        if (lease.Length > 0)
        {
            StandIn(task, lease, testFile);
            SayPassedOver(task, once, lease, passedOverLock);
            task.Log.LogMessage(MessageImportance.Low, "BuildGuard: [decision] session {0}", lease);
        }

        return true;
    }

    /// <summary>What the user chose instead of what is packaged, as properties of Session.proj.</summary>
    /// <param name="helperPath">The helper; empty for the packaged one.</param>
    /// <param name="taskAssembly">The task assembly; empty for the packaged one.</param>
    public static Dictionary<string, string> Chosen(string helperPath, string taskAssembly)
    {
        var chosen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        AddIfSet(chosen, "BuildGuardHelperPath", helperPath);
        AddIfSet(chosen, "BuildGuardTaskAssembly", taskAssembly);
        return chosen;
    }

    /// <summary>One build has one turn, so of several locks that its projects ask for the first one counts.</summary>
    private static void SayPassedOver(ToolTask task, OncePerBuild once, string lease, string passedOver)
    {
        var name = GuardedProject.Decode(ProjectEnvironment.Get(task, GuardedProject.Variable))?.Name ?? "";
        var engine = task.BuildEngine4;
        var key = "BuildGuard: who asked for " + lease;
        var first = engine.GetRegisteredTaskObject(key, RegisteredTaskObjectLifetime.Build) as string;
        if (passedOver.Length == 0)
        {
            if (first is null)
            {
                engine.RegisterTaskObject(key, name, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
            }

            return;
        }

        once.Say(GuardMessage.Message(
            "BG0025",
            $"{name} asks for the lock '{passedOver}', but this build has its turn under the lock '{lease.Split('/')[0]}', which {first ?? "a project that was built before it"} asked for: one build has one turn. Set BuildGuardLock to the same name in all its projects, best in Directory.Build.props"));
    }

    private static void AddIfSet(Dictionary<string, string> settings, string name, string value)
    {
        if (value.Length > 0)
        {
            settings[name] = value;
        }
    }

    private static void StandIn(ToolTask task, string lease, string testFile)
    {
        if (!ProjectEnvironment.Set(task, LeaseVariable, lease) && testFile.Length > 0
            && GuardedProject.Decode(ProjectEnvironment.Get(task, GuardedProject.Variable)) is { } project)
        {
            project.Lease = lease;
            Environment.SetEnvironmentVariable(TestRunVariable.NameOf(testFile), project.Encode());
        }
    }
}
