using BuildGuard.Settings;

namespace BuildGuard.Cli.Init;

/// <summary>The settings file, and targets of make.</summary>
internal static class SettingsStep
{
    private const string MakeFile = "buildguard.mk";

    /// <inheritdoc cref="InitFiles.IsOne"/>
    public static bool Writes(string path) => path is SettingsFile.Name or MakeFile;

    public static void AddTo(InitPlan plan, Survey survey)
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

        if (survey.Read("Makefile") is { } make)
        {
            string build = survey.Projects.Count > 0 ? "dotnet build" : "$(MAKE) all";
            string test = survey.Projects.Count > 0 ? "dotnet test" : survey.HasPytest ? "pytest" : "$(MAKE) test";
            plan.AddNew(
                survey,
                MakeFile,
                $"""
                # Targets that take their turn: 'include {MakeFile}' at the end of a Makefile.
                BUILDGUARD ?= buildguard

                .PHONY: guarded-build guarded-test guarded-status guarded-stop
                guarded-build:
                	$(BUILDGUARD) run -- {build}
                guarded-test:
                	$(BUILDGUARD) run -- {test}
                guarded-status:
                	$(BUILDGUARD) status
                guarded-stop:
                	$(BUILDGUARD) stop

                """,
                $"targets of make that take their turn{(make.Contains(MakeFile, StringComparison.Ordinal) ? "" : $"; add to the Makefile: include {MakeFile}")}");
        }
    }
}
