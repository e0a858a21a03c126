using System.Reflection;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Projects;

/// <summary>
/// The environment that the tasks of one project's build see. A multithreaded MSBuild keeps one for each project apart from
/// the process's, and hands it to tasks in a property that the MSBuild we compile against does not have.
/// </summary>
internal static class ProjectEnvironment
{
    private static readonly PropertyInfo? EnvironmentOfTask =
        typeof(Microsoft.Build.Utilities.ToolTask).GetProperty("TaskEnvironment", BindingFlags.Public | BindingFlags.Instance);

    private static readonly MethodInfo? Getter =
        EnvironmentOfTask?.PropertyType.GetMethod("GetEnvironmentVariable", [typeof(string)]);

    private static readonly MethodInfo? Setter =
        EnvironmentOfTask?.PropertyType.GetMethod("SetEnvironmentVariable", [typeof(string), typeof(string)]);

    /// <summary>The value that the project's build sees; null when it has none.</summary>
    public static string? Get(Microsoft.Build.Utilities.ToolTask task, string name)
    {
        var environment = Getter is null ? null : EnvironmentOfTask!.GetValue(task);
        return environment is null
            ? Environment.GetEnvironmentVariable(name)
            : (string?)Getter!.Invoke(environment, [name]);
    }

    /// <summary>
    /// Sets it for all tasks of the project's build that follow. False when the process does not see it: then it has several
    /// projects, and tasks that do not know of that see nothing of this one's environment.
    /// </summary>
    public static bool Set(Microsoft.Build.Utilities.ToolTask task, string name, string? value)
    {
        var environment = Setter is null ? null : EnvironmentOfTask!.GetValue(task);
        if (environment is null)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
        else
        {
            Setter!.Invoke(environment, [name, value]);
        }

        return Environment.GetEnvironmentVariable(name) == value;
    }

    /// <summary>Gives another task the environment of this one.</summary>
    public static void Share(Microsoft.Build.Utilities.ToolTask task, Microsoft.Build.Utilities.ToolTask other)
    {
        if (EnvironmentOfTask is { CanWrite: true } && EnvironmentOfTask.GetValue(task) is { } environment)
        {
            EnvironmentOfTask.SetValue(other, environment);
        }
    }
}
