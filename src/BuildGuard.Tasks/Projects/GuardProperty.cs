using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Projects;

/// <summary>One of the guard's settings as a project has it: an item named like the setting, its value in metadata.</summary>
internal static class GuardProperty
{
    private const string Value = "Value";

    /// <summary>The settings that have a value, each <c>NAME=VALUE</c>.</summary>
    public static IEnumerable<string> Pairs(IEnumerable<ITaskItem> settings) => settings
        .Select(setting => (Name: setting.ItemSpec, Value: setting.GetMetadata(Value).Trim()))
        .Where(setting => setting.Value.Length > 0)
        .Select(setting => setting.Name + "=" + setting.Value);

    /// <summary>Such pairs as one text.</summary>
    public static string Encode(IEnumerable<string> pairs) => string.Join("&", pairs.Select(Uri.EscapeDataString));

    /// <summary>The pairs again.</summary>
    public static IEnumerable<string> Decode(string text) => text.Split(['&'], StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString);
}
