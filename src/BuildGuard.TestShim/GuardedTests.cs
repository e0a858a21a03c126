using System.Globalization;
using BuildGuard.Tasks.Projects;

namespace BuildGuard.TestShim;

/// <summary>A test run as the helper is asked for it.</summary>
internal static class GuardedTests
{
    private const string Limit = "MaxCpuCount";
    private const string OneHost = "RunConfiguration." + Limit + "=1";

    /// <summary>The arguments of the helper.</summary>
    public static IEnumerable<string> Arguments(GuardedProject project, TestConsole console, IReadOnlyList<string> arguments)
    {
        string[] leading = project.HelperManagedFile.Length > 0 ? ["exec", project.HelperManagedFile] : [];
        string[] tail = OneHostAtATime(arguments);
        return
        [
            .. leading,
            "run", "--with-parent", "--kind", "tests", "--label", project.Name + ": tests",
            .. tail.Length > 0 ? ["--sequential-tail", tail.Length.ToString(CultureInfo.InvariantCulture)] : (string[])[],
            .. project.PropertyArguments(),
            "--", console.Host, "exec", console.Path, .. arguments, .. tail,
        ];
    }

    /// <summary>
    /// What makes the console run one test host at a time, to be added to its arguments; nothing if the user chose another
    /// number there. Whether it is wanted at all is a setting, and settings are the helper's.
    /// </summary>
    internal static string[] OneHostAtATime(IReadOnlyList<string> arguments) =>
        IsChosen(arguments) ? []

            // What follows "--" is run settings, and they are the last thing on the line.
            : arguments.Contains("--") ? [OneHost] : ["--", OneHost];

    private static bool IsChosen(IReadOnlyList<string> arguments) => arguments.Any(argument =>
        argument.Contains(Limit, StringComparison.OrdinalIgnoreCase)
        || IsOption(argument, "parallel")
        || (IsOption(argument, "settings") && SettingsFileChooses(argument)));

    /// <summary>As the SDK writes it: what begins with "/" may be a path.</summary>
    private static bool IsOption(string argument, string name) => argument.StartsWith("--" + name, StringComparison.OrdinalIgnoreCase);

    private static bool SettingsFileChooses(string argument)
    {
        try
        {
            var path = argument[(argument.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim('"');
            return File.ReadAllText(path).Contains("<" + Limit, StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The test console says what is wrong with it.
            return true;
        }
    }
}
