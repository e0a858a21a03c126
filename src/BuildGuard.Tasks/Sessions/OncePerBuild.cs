using System.Globalization;
using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Sessions;

/// <summary>
/// The project Session.proj as one of its users sees it. MSBuild builds a project once for the same global properties in
/// one build, whatever the number of nodes, and hands the result to everybody who asks: so what it does is done once.
/// </summary>
internal sealed class OncePerBuild(IBuildEngine engine, string project)
{
    /// <summary>An identity of this build, the same on all its nodes and for all versions; null when the build is being cancelled.</summary>
    public string? BuildId() => Build(BuildAnchor.Of(project), "Anchor", new Dictionary<string, string>())?.FirstOrDefault()?.ItemSpec;

    /// <summary>Waits for the turn. The lease, empty when nothing has to be held; null when the build may not go on.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="passedOverLock">The lock that was asked for, where the build stands in another one; else empty.</param>
    public string? WaitForTurn(IReadOnlyDictionary<string, string> settings, out string passedOverLock)
    {
        var session = Build("WaitForTurn_BuildGuard", settings);
        passedOverLock = session?.FirstOrDefault()?.GetMetadata("PassedOverLock") ?? "";
        if (session?.FirstOrDefault()?.GetMetadata("BadProperty") is { Length: > 0 } problem)
        {
            // Only who has set it knows where.
            Refuse(GuardMessage.Error("BG0003", problem));
            return null;
        }

        return session is null ? null : session.FirstOrDefault()?.GetMetadata("Lease") ?? "";
    }

    /// <summary>Says something once for the whole build.</summary>
    public void Say(GuardMessage message) => Build(Voice, "Say", Properties(message));

    /// <summary>Warns once for the whole build of a line in a file.</summary>
    public void Warn(string code, string text, string file, int line) => Build(Voice, "Say", new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["BuildGuardCode"] = code,
        ["BuildGuardText"] = text,
        ["BuildGuardFile"] = file,
        ["BuildGuardLine"] = line.ToString(CultureInfo.InvariantCulture),
    });

    /// <summary>The settings of the helper, each with its source, as lines.</summary>
    /// <param name="properties">The settings that a project has, and what it chose instead of what is packaged.</param>
    public IEnumerable<string> ReadInputs(IReadOnlyDictionary<string, string> properties) => (Build("ReadInputs", properties) ?? []).Select(line => line.ItemSpec);

    /// <summary>Logs once for the whole build what it was told.</summary>
    public void LogInput(string line, string importance)
    {
        if (OncePerNode.IsFirst(engine, line))
        {
            Build("LogInput", new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["BuildGuardText"] = "BuildGuard: [input] " + line,
                ["BuildGuardImportance"] = importance.ToLowerInvariant(),
            });
        }
    }

    /// <summary>Notes once for the whole build that it is not guarded; a failure is nobody's concern.</summary>
    public void NoteUnguarded(IReadOnlyDictionary<string, string> chosen) => Build("NoteUnguarded", chosen);

    /// <summary>Says an error once for the whole build. False, for a task to return.</summary>
    public bool Refuse(GuardMessage message)
    {
        message = FaultPlace.At(engine, message, project);
        var properties = Properties(message);
        if (message.File is not null)
        {
            properties["BuildGuardFile"] = message.File;
            properties["BuildGuardLine"] = message.Line.ToString(CultureInfo.InvariantCulture);
        }

        Build("Refuse", properties);
        AllowSilentFailure();
        return false;
    }

    /// <summary>The error stands in the log already, said by the project that is built once.</summary>
    public void AllowSilentFailure()
    {
        if (engine is IBuildEngine7 modern)
        {
            modern.AllowFailureWithoutError = true;
        }
    }

    /// <summary>The project that says things.</summary>
    private string Voice => Path.Combine(Path.GetDirectoryName(project)!, "BuildGuard.proj");

    private static Dictionary<string, string> Properties(GuardMessage message) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["BuildGuardCode"] = message.Code,
        ["BuildGuardText"] = message.Text,
    };

    private ITaskItem[]? Build(string target, IReadOnlyDictionary<string, string> properties) => Build(project, target, properties);

    private ITaskItem[]? Build(string path, string target, IReadOnlyDictionary<string, string> properties)
    {
        // With every property of the caller's removed, all callers ask for the same project.
        var inherited = engine is IBuildEngine6 modern ? modern.GetGlobalProperties().Keys : [];
        var globals = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in properties)
        {
            globals[property.Key] = MSBuildSyntax.Escape(property.Value);
        }

        var result = ((IBuildEngine3)engine).BuildProjectFilesInParallel(
            [path],
            [target],
            [globals],
            [inherited.Where(name => !globals.ContainsKey(name)).ToList()],
            [null],
            returnTargetOutputs: true);
        return result.Result && result.TargetOutputsPerProject[0].TryGetValue(target, out var outputs) ? outputs : null;
    }
}
