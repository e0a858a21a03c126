using BuildGuard.Settings;

namespace BuildGuard.Cli.Init;

/// <summary>The settings file, and targets of make.</summary>
internal static class SettingsStep
{
    private const string MakeFile = "buildguard.mk";

    private const string Test = "test";

    /// <summary>In the order in which GNU make looks for them.</summary>
    private static readonly string[] MakeFiles = ["GNUmakefile", "makefile", "Makefile"];

    /// <inheritdoc cref="InitFiles.IsOne"/>
    public static bool Writes(string path) => path is SettingsFile.Name or MakeFile;

    /// <summary>
    /// The target of make that tests: its file, and what stands behind the target and below it. <c>null</c> if there is none; one
    /// that another file which it includes has is not seen.
    /// </summary>
    public static (string File, string Recipe)? MakeTest(Survey survey)
    {
        if (Array.Find(MakeFiles, survey.Has) is not { } own || !survey.IsSmall(own))
        {
            return null;
        }

        string[] lines = survey.Read(own)!.Split('\n');
        int at = Array.FindIndex(lines, line => line.StartsWith(Test, StringComparison.Ordinal) && line[Test.Length..].TrimStart().StartsWith(':') && !line[Test.Length..].TrimStart().StartsWith(":="));
        return at < 0 ? null : (own, string.Join('\n', lines.Skip(at + 1).TakeWhile(line => line.StartsWith('\t') || string.IsNullOrWhiteSpace(line)).Prepend(lines[at])));
    }

    /// <summary>Whether targets of make are written.</summary>
    public static bool HasMake(Survey survey) => Array.Exists(MakeFiles, survey.Has);

    public static void AddTo(InitPlan plan, Survey survey, TestProjects tests)
    {
        plan.AddNew(
            survey,
            SettingsFile.Name,
            """
            {
              "$schema": "https://raw.githubusercontent.com/buildguard/buildguard/main/docs/buildguard.schema.json",
              "lock": "user"
            }

            """,
            "settings of the guard; with its schema an editor says what is allowed");

        if (Array.Find(MakeFiles, survey.Has) is { } own)
        {
            RepositoryCommands commands = RepositoryCommands.Of(survey, tests, "$(MAKE)");
            commands.AddTo(plan, isForCi: false);
            bool isIncluded = survey.Read(own)!.Contains(MakeFile, StringComparison.Ordinal);
            plan.AddNew(
                survey,
                MakeFile,
                $"""
                # Targets that take their turn: 'include {MakeFile}' at the end of {own}.
                BUILDGUARD ?= buildguard

                .PHONY: guarded-build {(commands.Test.Count > 0 ? "guarded-test " : "")}guarded-status guarded-stop
                guarded-build:
                {Recipe(commands.Build)}
                {(commands.Test.Count > 0 ? $"guarded-test:\n{Recipe(commands.Test)}\n" : "")}guarded-status:
                	$(BUILDGUARD) status
                guarded-stop:
                	$(BUILDGUARD) stop

                """,
                $"targets of make that take their turn{(isIncluded ? "" : $"; add to {own}: include {MakeFile}")}");
        }
    }

    private static string Recipe(IEnumerable<string> commands) => string.Join('\n', commands.Select(command => $"\t$(BUILDGUARD) run -- {command}"));
}
