using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>
/// Asks the helper where each of its settings comes from. Runs in Session.proj, so once for a set of properties. Never fails:
/// what the helper cannot understand is said where it is used.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class ReadInputs : Microsoft.Build.Utilities.Task
{
    /// <summary>The package's folder <c>tools</c>.</summary>
    [Required]
    public string ToolsDirectory { get; set; } = "";

    /// <summary>The helper that the user chose instead of the packaged one, an absolute path.</summary>
    public string HelperPath { get; set; } = "";

    /// <summary>Where <c>buildguard.json</c> is looked for, and above it.</summary>
    [Required]
    public string Directory { get; set; } = "";

    /// <summary>The settings that the helper knows, as one text.</summary>
    public string Settings { get; set; } = "";

    /// <summary>One line for each setting.</summary>
    [Output]
    public string[] Lines { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var arguments = GuardProperty.Decode(Settings).SelectMany(property => new[] { "--property", property });
        Lines = [.. HelperLocator.Find(ToolsDirectory, HelperPath).Ask(["inputs", "--cwd", Directory, .. arguments])
            .Select(JsonLine.Read)
            .OfType<IReadOnlyDictionary<string, string>>()
            .Where(input => input.ContainsKey("name") && input.ContainsKey("value") && input.ContainsKey("source"))
            .Select(input => $"{input["name"]}={input["value"]} ({input["source"]})")];
        return true;
    }
}
