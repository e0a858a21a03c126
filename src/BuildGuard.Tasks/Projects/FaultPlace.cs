using System.Text.RegularExpressions;
using BuildGuard.Tasks.Helper;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Projects;

/// <summary>Where a property was set that is at fault. MSBuild would name the file whose task says so, which is the package's own.</summary>
internal static class FaultPlace
{
    private const string Variables = "environment";

    /// <summary>As the helper names it behind the setting and its value, or as the tasks do before that.</summary>
    private static readonly Regex Named = new(@"^(?:.*?\(property (BuildGuard\w+)\)|(BuildGuard\w+)=')", RegexOptions.CultureInvariant | RegexOptions.Singleline);

    /// <summary>The property that is at fault; empty where none is.</summary>
    public static string Property(GuardMessage message) => message.Code == "BG0003" && Named.Match(message.Text) is { Success: true } named
        ? named.Groups[1].Value + named.Groups[2].Value
        : "";

    /// <summary>The message, said of that place if there is one: a file of the project, <c>command line</c> or <c>environment</c>.</summary>
    /// <param name="engine">The project's build.</param>
    /// <param name="message">What is said.</param>
    /// <param name="sessionProject">The path of Session.proj, beside which are the package's own files, which set defaults only.</param>
    public static GuardMessage At(IBuildEngine engine, GuardMessage message, string sessionProject)
    {
        if (message.Code != "BG0003" || message.File is not null)
        {
            return message;
        }

        if (Property(message) is not { Length: > 0 } property)
        {
            // A variable of the helper's own.
            return message.At(Variables, 0);
        }

        var project = EngineProject.Of(engine);
        var ownFolder = Path.GetDirectoryName(sessionProject) + Path.DirectorySeparatorChar;
        var files = (project?.Files ?? []).Where(file => !file.StartsWith(ownFolder, StringComparison.Ordinal));
        var source = new InputSource(engine, project, ProjectFiles.Find(files));
        return source.IsGlobal(property) ? message.At("command line", 0)
            : source.Element(property, project?.Expand($"$({property})", files.FirstOrDefault() ?? "") ?? "") is { } element ? message.At(element.File, element.Line)
            : Environment.GetEnvironmentVariable(property) is not null ? message.At(Variables, 0)
            : message;
    }
}
