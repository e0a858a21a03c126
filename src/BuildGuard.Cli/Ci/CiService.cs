using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Ci;

/// <summary>Finds out which build service reads what we say.</summary>
internal static class CiService
{
    /// <summary>What names another than the one that is found, or none.</summary>
    public const string Variable = "BUILDGUARD_CI";

    /// <summary>The values of <see cref="Variable"/> and <c>--ci</c>.</summary>
    public const string Expected = "auto, off, github, azure, gitlab or plain";

    /// <summary>How it wants its log written; <c>null</c> if none reads it.</summary>
    /// <param name="asked">What <c>--ci</c> says.</param>
    /// <exception cref="GuardException">BG0003: it is none of those that there are.</exception>
    public static CiFormat? Of(string? asked)
    {
        if (asked is not null)
        {
            return Named(asked, "--ci");
        }

        return Composition.Variables(Variable) is { } value && !string.IsNullOrWhiteSpace(value) ? Named(value.Trim(), Variable) : Found();
    }

    private static CiFormat? Named(string name, string source) => name.ToLowerInvariant() switch
    {
        "auto" => Found(),
        "off" => null,
        "github" => new CiFormat.GitHub(),
        "azure" => new CiFormat.Azure(),
        "gitlab" => new CiFormat.GitLab(),
        "plain" => new CiFormat.Bare(),
        _ => throw new GuardException(Messages.BadSetting("CI", name, source, Expected)),
    };

    /// <summary>By the variables that the services document; <c>CI</c> is set by nearly all of them.</summary>
    private static CiFormat? Found() =>
        IsSet("GITHUB_ACTIONS") ? new CiFormat.GitHub()
        : IsSet("TF_BUILD") ? new CiFormat.Azure()
        : IsSet("GITLAB_CI") ? new CiFormat.GitLab()
        : IsSet("CI") ? new CiFormat.Bare()
        : null;

    private static bool IsSet(string variable) =>
        Composition.Variables(variable) is { } value && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));
}
