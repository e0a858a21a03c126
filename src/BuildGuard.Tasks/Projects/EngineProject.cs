using System.Reflection;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Projects;

/// <summary>
/// A project as the engine has evaluated it: the files it is made of, however they were imported, and what its properties come
/// to. MSBuild shows that to no task, so it is asked for by reflection; what is asked for then is its public interface.
/// </summary>
internal sealed class EngineProject
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.NonPublic;

    /// <summary>The engine's own type, which is not referenced.</summary>
    private const string InvalidProject = "InvalidProjectFileException";

    private readonly string _file;
    private readonly Func<string, string> _expand;
    private readonly Func<string, bool> _isTrue;

    private EngineProject(string file, IReadOnlyList<string> imports, Func<string, string> expand, Func<string, bool> isTrue) =>
        (_file, Files, _expand, _isTrue) = (file, [file, .. imports], expand, isTrue);

    /// <summary>The project, and every file that it imports.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The project that a task runs in; null where the engine is none that is known.</summary>
    public static EngineProject? Of(IBuildEngine engine)
    {
        var instance = Field(Field(engine, "_targetBuilderCallback"), "_projectInstance");
        var type = instance?.GetType();
        if (type?.GetProperty("ImportPaths")?.GetValue(instance) is not IReadOnlyList<string> { Count: > 0 } imports
            || type.GetProperty("FullPath")?.GetValue(instance) is not string file
            || type.GetMethod("ExpandString", [typeof(string)]) is not { } expand
            || type.GetMethod("EvaluateCondition", [typeof(string)]) is not { } evaluate)
        {
            return null;
        }

        return new EngineProject(
            file,
            imports,
            (Func<string, string>)Delegate.CreateDelegate(typeof(Func<string, string>), instance, expand),
            (Func<string, bool>)Delegate.CreateDelegate(typeof(Func<string, bool>), instance, evaluate));
    }

    /// <summary>What a text of a file comes to; one that cannot be told, to itself.</summary>
    public string Expand(string text, string file)
    {
        try
        {
            return text.IndexOf('$') < 0 && text.IndexOf('%') < 0 ? text : _expand(InFile(text, file));
        }
        catch (Exception problem) when (problem.GetType().Name == InvalidProject)
        {
            return text;
        }
    }

    /// <summary>Whether a condition in a file holds; so does one that cannot be told.</summary>
    public bool Holds(string condition, string file)
    {
        try
        {
            return condition.Trim().Length == 0 || _isTrue(InFile(condition, file));
        }
        catch (Exception problem) when (problem.GetType().Name == InvalidProject)
        {
            // It has read this condition before, in the file itself.
            return true;
        }
    }

    /// <summary>The properties that have another value in each file.</summary>
    private string InFile(string text, string file) => file == _file || text.IndexOf("MSBuildThisFile", StringComparison.OrdinalIgnoreCase) < 0
        ? text
        : Replace(Replace(Replace(text,
            "$(MSBuildThisFileDirectory)", Path.GetDirectoryName(file) + Path.DirectorySeparatorChar),
            "$(MSBuildThisFileFullPath)", file),
            "$(MSBuildThisFile)", Path.GetFileName(file));

    private static string Replace(string text, string what, string value) =>
        text.IndexOf(what, StringComparison.Ordinal) < 0 ? text : string.Join(MSBuildSyntax.Escape(value), text.Split([what], StringSplitOptions.None));

    private static object? Field(object? of, string name) => of?.GetType().GetField(name, Fields)?.GetValue(of);
}
