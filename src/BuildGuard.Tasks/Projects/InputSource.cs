using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Projects;

/// <summary>Where a property of a project was set.</summary>
/// <param name="engine">The project's build.</param>
/// <param name="elements">What the project's files say.</param>
internal sealed class InputSource(IBuildEngine engine, IEnumerable<ProjectFileElement> elements)
{
    private readonly List<ProjectFileElement> _properties = [.. elements.Where(element => element.Kind == ProjectFileElementKind.Property)];

    /// <summary>As in <c>Hold=Operation (/src/Directory.Build.props(3))</c>.</summary>
    public string Line(string name, string value) => $"{name}={value} ({Of("BuildGuard" + name)})";

    /// <summary>As MSBuild ranks them: of several files the last one that it reads.</summary>
    private string Of(string property) =>
        engine is IBuildEngine6 modern && modern.GetGlobalProperties().Keys.Contains(property, StringComparer.OrdinalIgnoreCase) ? "global property"
        : _properties.FindLast(element => element.Name.Equals(property, StringComparison.OrdinalIgnoreCase)) is { } element ? $"{element.File}({element.Line})"
        : Environment.GetEnvironmentVariable(property) is not null ? "environment variable " + property
        : "default";
}
