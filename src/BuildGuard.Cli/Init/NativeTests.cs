using System.Text.RegularExpressions;

namespace BuildGuard.Cli.Init;

/// <summary>Tests of Rust, Go, Java and what CMake or make builds.</summary>
internal static partial class NativeTests
{
    private const string Cargo = "Cargo.toml";
    private const string Lists = "CMakeLists.txt";
    private static readonly string[] s_gradle = ["settings.gradle", "settings.gradle.kts", "build.gradle", "build.gradle.kts"];

    /// <summary>One for each folder that is built by itself.</summary>
    public static IEnumerable<OtherTests> In(Survey survey) =>
    [
        .. Crates(survey),
        .. Named(survey, "go.mod").Select(file => new OtherTests(file, "go test ./...") { IsSure = true }),
        .. Outermost(Named(survey, "pom.xml")).Select(file => new OtherTests(file, $"{Own(survey, file, "mvnw", "mvn")} test") { IsSure = true }),

        // Which tasks there are only gradle knows; its daemon would outlive the run.
        .. Outermost(Named(survey, s_gradle)).Select(file => new OtherTests(file, $"{Own(survey, file, "gradlew", "gradle")} --no-daemon test") { Problem = "what tests it only gradle knows" }),

        // Where it is built to is a choice of whoever builds.
        .. Outermost(Named(survey, Lists)).Where(file => !MakeTestsIt(survey, file)).Select(file => new OtherTests(file, CMakeCommand(survey, file)) { Problem = "where it is built to is for you to say" }),
    ];

    /// <summary>A workspace tests its members; what is not of it is a crate by itself.</summary>
    private static IEnumerable<OtherTests> Crates(Survey survey)
    {
        var workspaces = new List<(string Folder, string Text)>();
        foreach (string file in Named(survey, Cargo).OrderBy(file => file.Length))
        {
            string folder = OtherTests.FolderOf(file), text = survey.Read(file)!;
            if (workspaces.Exists(outer => OtherTests.IsIn(folder, outer.Folder) && !IsExcluded(outer, folder)))
            {
                continue;
            }

            bool isWorkspace = Workspace().IsMatch(text);
            if (isWorkspace)
            {
                workspaces.Add((folder, text));
            }

            yield return new OtherTests(file, isWorkspace ? "cargo test --workspace" : "cargo test") { IsSure = true };
        }
    }

    private static bool IsExcluded((string Folder, string Text) workspace, string folder)
    {
        string inside = workspace.Folder.Length == 0 ? folder : folder[(workspace.Folder.Length + 1)..];
        return Excluded().Match(workspace.Text).Groups["list"].Value.Split('"', '\'').Any(one => one.Length > 0 && OtherTests.IsIn(inside, one.TrimEnd('/')));
    }

    /// <summary>A target of make beside other tests: it may run them, or what nothing else tells of.</summary>
    public static IEnumerable<OtherTests> OfMake(Survey survey) => SettingsStep.MakeTest(survey) is { } make && !KnownTools().IsMatch(make.Recipe)
        ? [new OtherTests(make.File, "make test") { Problem = "its target 'test' may run what is run already" }]
        : [];

    private static bool MakeTestsIt(Survey survey, string lists) =>
        OtherTests.FolderOf(lists).Length == 0 && SettingsStep.MakeTest(survey) is { } make && make.Recipe.Contains("ctest", StringComparison.Ordinal);

    private static string CMakeCommand(Survey survey, string lists)
    {
        string folder = OtherTests.FolderOf(lists);
        bool hasTests = Named(survey, Lists).Any(file => OtherTests.IsIn(OtherTests.FolderOf(file), folder) && CTest().IsMatch(survey.Read(file)!));
        return $"sh -c 'cmake -S . -B build && cmake --build build{(hasTests ? " && ctest --test-dir build" : "")}'";
    }

    /// <summary>The repository's own starter of the tool, if it has one.</summary>
    private static string Own(Survey survey, string file, string starter, string tool)
    {
        string path = OtherTests.FolderOf(file) is { Length: > 0 } folder ? $"{folder}/{starter}" : starter;
        return !survey.Has(path) ? tool : Programs.ForeignFile.IsExecutable(Path.Combine(survey.Root, path)) ? $"./{starter}" : $"sh {starter}";
    }

    private static IEnumerable<string> Named(Survey survey, params string[] names) =>
        survey.Files.Where(file => names.Contains(Path.GetFileName(file)) && survey.IsSmall(file));

    /// <summary>The first in each folder that stands in no other's.</summary>
    private static List<string> Outermost(IEnumerable<string> files)
    {
        var chosen = new List<string>();
        foreach (string file in files.OrderBy(file => OtherTests.FolderOf(file).Length).ThenByDescending(Path.GetFileName, StringComparer.Ordinal))
        {
            if (!chosen.Exists(other => OtherTests.IsIn(OtherTests.FolderOf(file), OtherTests.FolderOf(other))))
            {
                chosen.Add(file);
            }
        }

        return chosen;
    }

    [GeneratedRegex(@"^\s*\[workspace\]", RegexOptions.Multiline)]
    private static partial Regex Workspace();

    [GeneratedRegex(@"^\s*exclude\s*=\s*\[(?<list>[^\]]*)\]", RegexOptions.Multiline)]
    private static partial Regex Excluded();

    [GeneratedRegex(@"\b(enable_testing|add_test|gtest_discover_tests|catch_discover_tests|include\s*\(\s*CTest)\b", RegexOptions.IgnoreCase)]
    private static partial Regex CTest();

    /// <summary>What the other commands run.</summary>
    [GeneratedRegex(@"\b(dotnet|pytest|npm|yarn|pnpm|cargo|go|mvn|mvnw)\b")]
    private static partial Regex KnownTools();
}
