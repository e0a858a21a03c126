using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;
using BuildGuard.Tasks.Sessions;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>
/// The first step of every guarded project: checks the switches and hands the project's settings to the steps that
/// cannot see its properties. Waits for nothing, and starts nothing unless the log wants to know where settings come from.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class Configure : ProjectTask
{
    /// <summary>The project's name, for people.</summary>
    [Required]
    public string ProjectName { get; set; } = "";

    /// <summary>The package's folder <c>tools</c>.</summary>
    [Required]
    public string ToolsDirectory { get; set; } = "";

    /// <summary>The helper that the user chose instead of the packaged one, an absolute path.</summary>
    public string HelperPath { get; set; } = "";

    /// <summary>The task assembly that the user chose instead of the packaged one, an absolute path.</summary>
    public string TaskAssembly { get; set; } = "";

    /// <summary>The project's directory.</summary>
    [Required]
    public string ProjectDirectory { get; set; } = "";

    /// <summary>Where the build was started.</summary>
    [Required]
    public string StartupDirectory { get; set; } = "";

    /// <summary>The path of Session.proj.</summary>
    [Required]
    public string SessionProject { get; set; } = "";

    /// <summary>The real test console, which the stand-in starts.</summary>
    public string TestConsole { get; set; } = "";

    /// <summary>The assembly with the project's tests, an absolute path.</summary>
    public string TestFile { get; set; } = "";

    /// <summary>The file of the task that runs an application of tests in a build; empty for none.</summary>
    public string TestTask { get; set; } = "";

    /// <summary>The program that runs it.</summary>
    public string DotnetHost { get; set; } = "";

    /// <summary><c>Build</c> or <c>Operation</c>.</summary>
    public string Hold { get; set; } = "";

    /// <summary>The user's targets before which the session begins, for the log.</summary>
    public string SessionBeforeTargets { get; set; } = "";

    /// <summary>The settings that are on or off: item named like the setting, metadata <c>Value</c>.</summary>
    public ITaskItem[] Toggles { get; set; } = [];

    /// <summary>The settings that the helper knows: item named like the setting, metadata <c>Value</c>.</summary>
    public ITaskItem[] Settings { get; set; } = [];

    /// <summary>The files that most projects are made of, for an engine that does not tell: see <see cref="EngineProject"/>.</summary>
    public string[] Files { get; set; } = [];

    /// <summary>How loudly inputs and decisions are logged: <c>low</c>, <c>normal</c> or <c>high</c>.</summary>
    public string Importance { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        var toggles = Toggles.Select(toggle => new KeyValuePair<string, string>(toggle.ItemSpec, toggle.GetMetadata("Value"))).ToList();
        if ((Switches.Check(Hold, toggles) ?? Switches.CheckImportance(Importance)) is { } problem)
        {
            return new OncePerBuild(BuildEngine, SessionProject).Refuse(problem);
        }

        if (Switches.IsDisabled(ProjectEnvironment.Get(this, Switches.DisableVariable)))
        {
            return true;
        }

        var engineProject = EngineProject.Of(BuildEngine);
        var elements = Inspect(engineProject, guardsExec: !toggles.Exists(toggle => toggle.Key == "Exec" && toggle.Value.Equals("false", StringComparison.OrdinalIgnoreCase)));

        var helper = HelperLocator.Find(ToolsDirectory, HelperPath);
        var project = new GuardedProject
        {
            Name = ProjectName,
            HelperFile = helper.FileName,
            HelperManagedFile = helper.ManagedFile ?? "",
            TestConsole = TestConsole,
            TestTask = TestTask.Length > 0 ? Path.GetFullPath(TestTask.Replace('\\', Path.DirectorySeparatorChar)) : "",
            DotnetHost = DotnetHost,
            HoldsBuild = !Hold.Equals("Operation", StringComparison.OrdinalIgnoreCase),
            OuterLease = ProjectEnvironment.Get(this, SessionEntry.LeaseVariable) ?? "",
            SessionProject = SessionProject,
            ChosenHelper = HelperPath,
            ChosenTasks = TaskAssembly,
        };
        project.Properties.AddRange(GuardProperty.Pairs(Settings));
        if (!ProjectEnvironment.Set(this, GuardedProject.Variable, project.Encode()) && TestFile.Length > 0)
        {
            Environment.SetEnvironmentVariable(TestRunVariable.NameOf(TestFile), project.Encode());
        }

        LogInputs(project, helper, new InputSource(BuildEngine, engineProject, elements));
        return true;
    }

    /// <summary>What the project's files say that concerns the guard, except those of its own package; what is to be said of it is said.</summary>
    private ProjectFileElement[] Inspect(EngineProject? project, bool guardsExec)
    {
        if (project is null && guardsExec)
        {
            new OncePerBuild(BuildEngine, SessionProject).Say(GuardMessage.Message(
                "BG0024", "this version of MSBuild does not tell which files a project imports: whether one of them replaces the Exec task, so that commands run unguarded, is looked for in the project, its Directory.Build files and what NuGet wrote for it only"));
        }

        var ownFolder = Path.GetFullPath(Path.Combine(ToolsDirectory, "..")) + Path.DirectorySeparatorChar;
        var files = (project?.Files ?? Files).Where(file => file.Length > 0 && !file.StartsWith(ownFolder, StringComparison.Ordinal));
        ProjectFileElement[] elements = [.. ProjectFiles.Find(files)];
        foreach (var message in new UnknownProperties(BuildEngine6, Known()).Messages(elements))
        {
            new OncePerBuild(BuildEngine, SessionProject).Say(message);
        }

        if (guardsExec)
        {
            WarnOfOverrides(elements.Where(element => element.Kind == ProjectFileElementKind.TaskOverride), project);
        }

        return elements;
    }

    /// <summary>Of two packages that replace Exec MSBuild takes the one that it reads first, without a word.</summary>
    private void WarnOfOverrides(IEnumerable<ProjectFileElement> overrides, EngineProject? project)
    {
        foreach (var other in overrides)
        {
            var name = project?.Expand(other.Name, other.File) ?? other.Name;
            if ((name.Equals(nameof(Exec), StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + nameof(Exec), StringComparison.OrdinalIgnoreCase))
                && MSBuildSyntax.IsTrue(project?.Expand(other.Override, other.File) ?? other.Override)
                && project?.Holds(other.Condition, other.File) != false)
            {
                new OncePerBuild(BuildEngine, SessionProject).Warn(
                    "BG0017",
                    $"{name} replaces the Exec task, and so does BuildGuard: MSBuild uses the one that it reads first. Where that is {name}, its commands take no lease of their own, only that of the whole build; where it is not, {name} is not used. Set BuildGuardExec to false to leave Exec to it",
                    other.File,
                    other.Line);
            }
        }
    }

    private string[] Known() =>
        [.. Toggles.Concat(Settings).Select(item => item.ItemSpec), "Hold", "LogImportance", nameof(HelperPath), nameof(TaskAssembly), nameof(SessionBeforeTargets)];

    /// <summary>The inputs of all projects are logged once; what the helper makes of them it is asked for only if that is logged.</summary>
    private void LogInputs(GuardedProject project, HelperProgram helper, InputSource source)
    {
        if (!Enum.TryParse<MessageImportance>(Importance, ignoreCase: true, out var importance) || !Log.LogsMessagesOfImportance(importance))
        {
            return;
        }

        var once = new OncePerBuild(BuildEngine, SessionProject);
        (string Name, string Value)[] own =
        [
            .. Toggles.Select(toggle => (toggle.ItemSpec, toggle.GetMetadata("Value"))),
            (nameof(Hold), Hold), ("LogImportance", Importance), (nameof(SessionBeforeTargets), SessionBeforeTargets), (nameof(HelperPath), HelperPath), (nameof(TaskAssembly), TaskAssembly),
        ];
        foreach (var line in own.Where(input => input.Value.Length > 0).Select(input => source.Line(input.Name, input.Value)).Concat(HelperInputs(project, once)))
        {
            once.LogInput(line, Importance);
        }

        Log.LogMessage(importance, "BuildGuard: [decision] helper {0}", CommandLine.Join([helper.FileName, .. helper.LeadingArguments]));
    }

    /// <summary>A session looks for buildguard.json where the build was started, and an operation where it runs.</summary>
    private IEnumerable<string> HelperInputs(GuardedProject project, OncePerBuild once)
    {
        if (!HelperLocator.IsSupported)
        {
            return [];
        }

        var properties = SessionEntry.Chosen(HelperPath, TaskAssembly);
        properties["BuildGuardSettings"] = GuardProperty.Encode(project.Properties);
        return new[] { StartupDirectory, ProjectDirectory }.Select(SettingsFile.DirectoryFor).Distinct().SelectMany(directory =>
        {
            properties["BuildGuardDirectory"] = directory;
            return once.ReadInputs(properties);
        });
    }
}
