using BuildGuard.Settings;
using BuildGuard.Tasks.Helper;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Projects;

/// <summary>Properties that begin like the guard's and are none: of what was misspelt nothing else would ever be heard.</summary>
/// <param name="engine">The project's build.</param>
/// <param name="known">The guard's, without what all of them begin with.</param>
internal sealed class UnknownProperties(IBuildEngine6 engine, IReadOnlyList<string> known)
{
    private const string Prefix = "BuildGuard";

    /// <summary>A property of the user's own, as for the version of the package.</summary>
    private const string OwnSuffix = "Version";

    /// <summary>What is to be said of them.</summary>
    /// <param name="elements">What the project's files say.</param>
    public IEnumerable<GuardMessage> Messages(IEnumerable<ProjectFileElement> elements)
    {
        var globals = engine.GetGlobalProperties().Keys.Where(IsLikeOurs).ToList();
        var variables = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => IsMeantForUs(name) && !globals.Contains(name, StringComparer.OrdinalIgnoreCase));
        var places = globals.Select(name => (Name: name, Place: ""))
            .Concat(elements
                .Where(element => element.Kind == ProjectFileElementKind.Property && !IsVersion(element.Name))
                .Select(element => (element.Name, Place: $" in {element.File}({element.Line})")))
            .Concat(variables.Select(name => (Name: name, Place: " in the environment")));
        return places
            .Where(property => !IsOwnWord(property.Name) && !known.Contains(Rest(property.Name), StringComparer.OrdinalIgnoreCase))
            .Select(property => GuardMessage.Message(
                "BG0015", $"the property {property.Name}{property.Place} is none of BuildGuard's and does nothing; {Meant(property.Name)}"));
    }

    /// <summary>Without what all of them begin with, which would make them look alike.</summary>
    private string Meant(string name) => Suggestion.Nearest(Rest(name), known) is { } nearest
        ? $"did you mean '{Prefix}{nearest}'?"
        : $"they are: {string.Join(", ", known.Select(property => Prefix + property))}";

    /// <summary>
    /// MSBuild makes a property of every variable, whoever set it and however it is written. With an underscore it is none but a
    /// setting of the helper's, which knows those itself; written in another way than the property, it has to be near to one.
    /// </summary>
    private bool IsMeantForUs(string name) => IsLikeOurs(name) && !IsVersion(name) && name.Length > Prefix.Length && name[Prefix.Length] != '_'
        && (name.StartsWith(Prefix, StringComparison.Ordinal) || Suggestion.Nearest(Rest(name), known) is not null);

    /// <summary>A property of the user's own, the first word of which only begins like ours, as in <c>BuildGuardianName</c>.</summary>
    private static bool IsOwnWord(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length > Prefix.Length && !char.IsUpper(name[Prefix.Length]);

    private static bool IsLikeOurs(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    private static bool IsVersion(string name) => name.EndsWith(OwnSuffix, StringComparison.OrdinalIgnoreCase);

    private static string Rest(string name) => name.Substring(Prefix.Length);
}
