using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Projects;

/// <summary>Where a property of a project was set.</summary>
/// <param name="engine">The project's build.</param>
/// <param name="project">The project; null where the engine does not tell.</param>
/// <param name="elements">What the project's files say.</param>
internal sealed class InputSource(IBuildEngine engine, EngineProject? project, IEnumerable<ProjectFileElement> elements)
{
    private readonly List<ProjectFileElement> _properties = [.. elements.Where(element => element.Kind == ProjectFileElementKind.Property)];

    /// <summary>As in <c>Hold=Operation (/src/Directory.Build.props(3))</c>.</summary>
    public string Line(string name, string value) => $"{name}={value} ({Of("BuildGuard" + name, value)})";

    /// <summary>Whether the build was started with it, which no file can change.</summary>
    public bool IsGlobal(string property) =>
        engine is IBuildEngine6 modern && modern.GetGlobalProperties().Keys.Contains(property, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Where a file gives it that value; null for nowhere. MSBuild keeps no such record: of several places it is the last one with
    /// that value, and where none is seen to have it, the last one.
    /// </summary>
    public ProjectFileElement? Element(string property, string value)
    {
        var places = _properties.FindAll(element => element.Name.Equals(property, StringComparison.OrdinalIgnoreCase));
        return places.FindLast(place => (project?.Expand(place.Value, place.File) ?? place.Value).Trim() == value.Trim()) ?? places.LastOrDefault();
    }

    private string Of(string property, string value) =>
        IsGlobal(property) ? "global property"
        : Element(property, value) is { } element ? $"{element.File}({element.Line})"
        : Environment.GetEnvironmentVariable(property) is not null ? "environment variable " + property
        : "default";
}
