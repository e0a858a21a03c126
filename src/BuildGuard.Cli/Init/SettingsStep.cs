using BuildGuard.Settings;

namespace BuildGuard.Cli.Init;

/// <summary>The settings file, and targets of make.</summary>
internal static class SettingsStep
{
    private const string MakeFile = "buildguard.mk";

    /// <summary>In the order in which GNU make looks for them.</summary>
    private static readonly string[] MakeFiles = ["GNUmakefile", "makefile", "Makefile"];

    /// <inheritdoc cref="InitFiles.IsOne"/>
    public static bool Writes(string path) => path is SettingsFile.Name or MakeFile;

    /// <summary>Whether the repository's file for make has a target; one that another file which it includes has is not seen.</summary>
    public static bool HasMakeTarget(Survey survey, string target) => Array.Find(MakeFiles, survey.Has) is { } own && survey.IsSmall(own)
        && survey.Read(own)!.Split('\n').Any(line => line.StartsWith(target, StringComparison.Ordinal) && line[target.Length..].TrimStart().StartsWith(':'));

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

                .PHONY: guarded-build guarded-test guarded-status guarded-stop
                guarded-build:
                {Recipe(commands.Build)}
                guarded-test:
                {Recipe(commands.Test)}
                guarded-status:
                	$(BUILDGUARD) status
                guarded-stop:
                	$(BUILDGUARD) stop

                """,
                $"targets of make that take their turn{(isIncluded ? "" : $"; add to {own}: include {MakeFile}")}");
        }
    }

    private static string Recipe(IEnumerable<string> commands) => string.Join('\n', commands.Select(command => $"\t$(BUILDGUARD) run -- {command}"));
}
