using BuildGuard.Tasks.Helper;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Projects;

/// <summary>
/// Where a value is at fault that no file holds. MSBuild would name the file whose task says so, which is the package's own.
/// </summary>
internal static class CommandLineOrigin
{
    private const string Name = "command line";

    /// <summary>The guard's properties that the build was started with, always in the same order.</summary>
    public static IEnumerable<string> Properties(IBuildEngine engine) => engine is IBuildEngine6 modern
        ? modern.GetGlobalProperties().Keys.Where(name => name.StartsWith("BuildGuard", StringComparison.OrdinalIgnoreCase)).OrderBy(name => name, StringComparer.OrdinalIgnoreCase)
        : [];

    /// <summary>What stands in the place of a file; null where the value was not given there.</summary>
    /// <param name="message">What is said of it.</param>
    /// <param name="properties">See <see cref="Properties"/>.</param>
    public static string? Of(GuardMessage message, IEnumerable<string> properties) => message.Code == "BG0003" && properties.Any(property =>
        message.Text.IndexOf($"(property {property})", StringComparison.OrdinalIgnoreCase) >= 0
        || message.Text.StartsWith(property + "='", StringComparison.OrdinalIgnoreCase)) ? Name : null;
}
