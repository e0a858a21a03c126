using BuildGuard.Tasks.Helper;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Projects;

/// <summary>The settings that the tasks themselves act on, and the words they may be set to.</summary>
internal static class Switches
{
    /// <summary>The variable that switches the guard off.</summary>
    public const string DisableVariable = "BUILDGUARD_DISABLE";

    /// <summary>The error of the first switch that is set to another word; null when all are well.</summary>
    public static GuardMessage? Check(string hold, IEnumerable<KeyValuePair<string, string>> switches)
    {
        if (!Is(hold, "Build") && !Is(hold, "Operation"))
        {
            return Bad("Hold", hold, "Build or Operation");
        }

        foreach (var one in switches)
        {
            if (!Is(one.Value, "true") && !Is(one.Value, "false"))
            {
                return Bad(one.Key, one.Value, "true or false");
            }
        }

        return null;
    }

    /// <summary>The error of an importance that MSBuild does not know; null when it is well.</summary>
    public static GuardMessage? CheckImportance(string importance) =>
        Enum.TryParse<MessageImportance>(importance, ignoreCase: true, out _) ? null : Bad("LogImportance", importance, "low, normal or high");

    /// <summary>Whether a value of <c>BUILDGUARD_DISABLE</c> switches the guard off.</summary>
    public static bool IsDisabled(string? value) => value is not null && (value == "1" || Is(value, "true"));

    private static bool Is(string value, string word) => string.Equals(value, word, StringComparison.OrdinalIgnoreCase);

    private static GuardMessage Bad(string name, string value, string expected) => GuardMessage.Error(
        "BG0003", $"BuildGuard{name}='{value}' (MSBuild property) cannot be understood: expected {expected}");
}
