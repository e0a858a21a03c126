using System.Text.Json;
using System.Text.RegularExpressions;

namespace BuildGuard.Cli.Init;

/// <summary>Settings of test runners, where there are none: one test at a time.</summary>
internal static partial class RunnerStep
{
    private const string XunitFile = "xunit.runner.json";
    private const string RunSettingsFile = ".runsettings";
    private const string PytestFile = "pytest.ini";
    private const string XunitItem = $"<None Update=\"{XunitFile}\" CopyToOutputDirectory=\"PreserveNewest\" />";

    private const string RunSettings = """
        <?xml version="1.0" encoding="utf-8"?>
        <RunSettings>
          <RunConfiguration>
            <!-- One test host at a time. -->
            <MaxCpuCount>1</MaxCpuCount>
          </RunConfiguration>
        </RunSettings>

        """;

    private const string XunitSettings = """
        {
          "$schema": "https://xunit.net/schema/current/xunit.runner.schema.json",
          "parallelizeAssembly": false,
          "parallelizeTestCollections": false,
          "maxParallelThreads": 1
        }

        """;

    /// <inheritdoc cref="InitFiles.IsOne"/>
    public static bool Writes(string path) => path is RunSettingsFile or PytestFile || Path.GetFileName(path) == XunitFile || Survey.IsMSBuildFile(path);

    public static void AddTo(InitPlan plan, Survey survey, TestProjects tests)
    {
        if (tests.AnyForConsole)
        {
            string[] own = [.. survey.Files.Where(file => Path.GetExtension(file) == RunSettingsFile)];
            if (own.Length == 0)
            {
                plan.AddNew(survey, RunSettingsFile, RunSettings, "one test host at a time, also in an IDE; 'dotnet test' outside the guard takes it with --settings");
            }

            plan.Remarks.AddRange(own.Where(file => !OneHost().IsMatch(survey.Read(file)!))
                .Select(file => $"{file} is there already and stays as it is: it does not ask for one test host at a time (MaxCpuCount 1)"));
        }

        foreach (string project in tests.OfXunit)
        {
            AddXunit(plan, survey, project);
        }

        if (PythonTests.In(survey).Any(tests => tests.Folder.Length == 0))
        {
            AddPytest(plan, survey);
        }
    }

    private static void AddXunit(InitPlan plan, Survey survey, string project)
    {
        string folder = FolderOf(project);
        string before = survey.Read(project)!;
        if (survey.Files.FirstOrDefault(file => file.EndsWith(XunitFile, StringComparison.Ordinal) && OwnerOf(survey, file) == folder) is { } own)
        {
            using JsonDocument? settings = JsonText.Parse(survey.Read(own)!, out string place);
            string problem = settings is null ? $"it cannot be read, for it is no JSON ({place})"
                : !IsOneTest(settings.RootElement) ? "it lets xunit run tests at the same time (parallelizeTestCollections, maxParallelThreads)"
                : "";
            if (problem.Length > 0)
            {
                plan.Remarks.Add($"{own} is there already and stays as it is: {problem}");
            }

            return;
        }

        if (!MSBuildText.CanEdit(before))
        {
            return;
        }

        plan.AddNew(survey, folder + XunitFile, XunitSettings, "xunit runs one test at a time");

        plan.Put(new FileChange(project, before, MSBuildText.AddItem(plan.After(project) ?? before, XunitItem), $"{XunitFile} goes where the tests are run"));
    }

    private static bool IsOneTest(JsonElement settings) => settings.ValueKind == JsonValueKind.Object
        && ((settings.TryGetProperty("parallelizeTestCollections", out JsonElement collections) && collections.ValueKind == JsonValueKind.False)
            || (settings.TryGetProperty("maxParallelThreads", out JsonElement threads) && threads.ToString() == "1"));

    private static string FolderOf(string file) => OtherTests.FolderOf(file) is { Length: > 0 } folder ? folder + "/" : "";

    /// <summary>The folder of the project nearest above a file; <c>null</c> if none is.</summary>
    private static string? OwnerOf(Survey survey, string file) =>
        survey.Projects.Select(FolderOf).Where(folder => file.StartsWith(folder, StringComparison.Ordinal)).MaxBy(folder => folder.Length);

    private static void AddPytest(InitPlan plan, Survey survey)
    {
        (string File, string Section)[] others = [("pyproject.toml", "[tool.pytest"), ("setup.cfg", "[tool:pytest]"), ("tox.ini", "[pytest]")];
        string? owner = survey.Files.FirstOrDefault(Survey.IsPytestFile)
            ?? Array.Find(others, other => survey.Read(other.File)?.Contains(other.Section, StringComparison.Ordinal) == true).File;
        if (owner is not null)
        {
            string parallel = SeveralWorkers().Match(survey.Read(owner)!) is { Success: true } match ? $": it runs tests at the same time ({match.Groups[1].Value})" : "";
            plan.Remarks.Add($"{owner} has the settings of pytest and stays as it is{parallel}");
            return;
        }

        // An option of a plugin that is not installed would stop every run.
        List<string> lines = ["# One test at a time, and none without end.", "[pytest]", "addopts ="];
        if (survey.PythonMentions("xdist"))
        {
            lines.AddRange(["    -n 0", "    --maxprocesses=1", "    --dist=no", "    --max-worker-restart=1"]);
        }

        lines.AddRange(["    --tb=short", "    --strict-markers"]);
        if (survey.PythonMentions("pytest-timeout"))
        {
            lines.AddRange(["    --timeout=300", "    --timeout-method=thread"]);
        }
        else
        {
            plan.Remarks.Add("with the package pytest-timeout, a test that hangs can be ended: add --timeout=300 to pytest.ini");
        }

        plan.AddNew(survey, PytestFile, string.Join('\n', lines) + "\n", "pytest runs one test at a time");
    }

    [GeneratedRegex(@"<MaxCpuCount>\s*1\s*</MaxCpuCount>")]
    private static partial Regex OneHost();

    /// <summary>Workers of pytest-xdist, as an option of its.</summary>
    [GeneratedRegex(@"(?<![\w-])((?:-n|--numprocesses)[ =]?(?:auto|logical|[1-9][0-9]*))(?!\w)")]
    private static partial Regex SeveralWorkers();
}
