using BuildGuard.Tasks.Projects;

namespace BuildGuard.TestShim;

/// <summary>A test run as the helper is asked for it.</summary>
internal static class GuardedTests
{
    private const string Limit = "MaxCpuCount";

    /// <summary>The arguments of the helper.</summary>
    public static IEnumerable<string> Arguments(GuardedProject project, TestConsole console, IReadOnlyList<string> arguments)
    {
        string[] leading = project.HelperManagedFile.Length > 0 ? ["exec", project.HelperManagedFile] : [];
        return
        [
            .. leading,
            "run", "--with-parent", "--kind", "tests", "--label", project.Name + ": tests",
            .. project.PropertyArguments(),
            "--", console.Host, "exec", console.Path, .. OneHostAtATime(project, arguments),
        ];
    }

    /// <summary>The arguments, with one test host at a time unless the project or the user chose something else.</summary>
    internal static IReadOnlyList<string> OneHostAtATime(GuardedProject project, IReadOnlyList<string> arguments)
    {
        var choice = Environment.GetEnvironmentVariable("BUILDGUARD_SEQUENTIAL_TESTS")
            ?? project.Properties.LastOrDefault(property => property.StartsWith("SequentialTests=", StringComparison.Ordinal))?.Split('=', 2)[1];
        if (string.Equals(choice, "false", StringComparison.OrdinalIgnoreCase) || choice == "0" || IsChosen(arguments))
        {
            return arguments;
        }

        // What follows "--" is run settings, and they are the last thing on the line.
        return arguments.Contains("--")
            ? [.. arguments, "RunConfiguration.MaxCpuCount=1"]
            : [.. arguments, "--", "RunConfiguration.MaxCpuCount=1"];
    }

    private static bool IsChosen(IReadOnlyList<string> arguments) => arguments.Any(argument =>
        argument.Contains(Limit, StringComparison.OrdinalIgnoreCase)
        || IsOption(argument, "parallel")
        || (IsOption(argument, "settings") && SettingsFileChooses(argument)));

    private static bool IsOption(string argument, string name) =>
        argument.TrimStart('-', '/').StartsWith(name, StringComparison.OrdinalIgnoreCase) && argument[0] is '-' or '/';

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
