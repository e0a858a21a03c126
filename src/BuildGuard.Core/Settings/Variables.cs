using BuildGuard.Diagnostics;

namespace BuildGuard.Settings;

/// <summary>The environment variables that mean something, and what to say of those that only look so.</summary>
public static class Variables
{
    /// <summary>How all of them begin.</summary>
    public const string Prefix = "BUILDGUARD_";

    /// <summary>Those that are no settings, without the prefix.</summary>
    private static readonly string[] s_others = ["STATE_DIR", "LEASE", "DISABLE", "CONTAINMENT", "CI"];

    /// <summary>Settings that only MSBuild has: <c>BuildGuard</c> + name.</summary>
    private static readonly string[] s_propertiesAlone = ["Enabled", "Hold", "Exec", "Tests", "Run", "HelperPath", "TaskAssembly", "LogImportance", "SessionBeforeTargets"];

    /// <summary>What people call settings after the program's options, and what those are.</summary>
    private static readonly (string Typed, Setting Setting)[] s_otherNames =
    [
        ("MEMORY", Setting.MaxMemory), ("PROCESSES", Setting.MaxProcesses), ("OPEN_FILES", Setting.MaxOpenFiles),
        ("FREE_MEMORY", Setting.MinFreeMemory), ("LOAD", Setting.MaxLoad),
    ];

    /// <summary>What to say of variables that mean nothing.</summary>
    /// <param name="names">Names of variables that begin with the prefix.</param>
    /// <param name="level">A warning; in a build, which may take warnings for errors, a message.</param>
    public static List<GuardMessage> Complaints(ReadOnlySpan<string> names, MessageLevel level)
    {
        // Every guarded command looks, and nearly none has a complaint: queries would cost more than the look.
        List<string> unknown = [];
        foreach (string name in names)
        {
            if (!IsKnown(name))
            {
                unknown.Add(name);
            }
        }

        unknown.Sort(StringComparer.Ordinal);
        return unknown.ConvertAll(name => Messages.UnknownVariable(level, name, Hint(name[Prefix.Length..])));
    }

    private static bool IsKnown(string name)
    {
        foreach (Setting setting in SettingNames.All)
        {
            if (name == setting.EnvironmentVariable())
            {
                return true;
            }
        }

        foreach (string other in s_others)
        {
            if (name.AsSpan(Prefix.Length).SequenceEqual(other))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>That a name is one of a setting which only MSBuild has; <c>null</c> if it is not.</summary>
    internal static string? PropertyAlone(string words) =>
        Array.Find(s_propertiesAlone, property => property.Equals(words, StringComparison.OrdinalIgnoreCase)) is { } property
            ? $"only the MSBuild property BuildGuard{property} sets that"
            : null;

    private static string Hint(string typed)
    {
        if (PropertyAlone(typed.Replace("_", "", StringComparison.Ordinal)) is { } hint)
        {
            return hint;
        }

        // Without the prefix, which would make all of them look alike.
        IEnumerable<string> known = SettingNames.All.Select(s => s.EnvironmentVariable()[Prefix.Length..])
            .Concat(s_others).Concat(s_otherNames.Select(o => o.Typed));
        if (Suggestion.Nearest(typed, known) is not { } nearest)
        {
            return "unset it";
        }

        string meant = s_otherNames.FirstOrDefault(o => o.Typed == nearest) is { Typed: not null } other
            ? other.Setting.EnvironmentVariable()
            : Prefix + nearest;
        return $"did you mean '{meant}'?";
    }
}
