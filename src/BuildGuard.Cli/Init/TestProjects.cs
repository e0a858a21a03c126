namespace BuildGuard.Cli.Init;

/// <summary>Which projects are such of tests: by what MSBuild says of them, else by the text of the files.</summary>
/// <param name="survey">The repository.</param>
/// <param name="answers">What MSBuild said.</param>
internal sealed class TestProjects(Survey survey, IReadOnlyDictionary<string, Evaluation> answers)
{
    private const string Flag = "IsTestProject";
    private const string Sdk = "MSTest.Sdk";
    private const string Xunit = "xunit";

    private static readonly string[] Packages = ["Microsoft.NET.Test.Sdk", "Microsoft.Testing.", Xunit, "MSTest", "NUnit", "TUnit"];

    /// <summary>Those whose tests the console of Visual Studio may run, which reads <c>.runsettings</c>.</summary>
    private static readonly string[] ConsolePackages = ["Microsoft.NET.Test.Sdk", "MSTest"];

    /// <summary>
    /// Whether what makes a project one of tests may stand elsewhere than in it, or in other words. Where MSBuild says nothing, all
    /// are tested then, which costs nothing where there are no tests, and nothing is left out.
    /// </summary>
    private readonly Lazy<bool> _mayBeByImport = new(() => survey.MSBuildFiles.Any(file => survey.Read(file) is { } text
        && (text.Contains(Flag, StringComparison.Ordinal) || text.Contains(Sdk, StringComparison.Ordinal)
            || (!Survey.IsProject(file) && Array.Exists(Packages, package => text.Contains($"\"{package}", StringComparison.Ordinal))))));

    /// <summary>All of them.</summary>
    public IEnumerable<string> All => survey.Projects.Where(project => Uses(project, Packages)
        || (answers.TryGetValue(project, out Evaluation? said) ? said.IsTestProject : _mayBeByImport.Value));

    /// <summary>Whether the console of Visual Studio may run the tests of some.</summary>
    public bool AnyForConsole => survey.Projects.Any(project => Uses(project, ConsolePackages)
        || (answers.TryGetValue(project, out Evaluation? said) ? said.IsTestProject : survey.Read(project)!.Contains(Sdk, StringComparison.Ordinal)));

    /// <summary>Those of xunit.</summary>
    public IEnumerable<string> OfXunit => survey.Projects.Where(project => Uses(project, Xunit));

    /// <summary>Whether a project references packages whose names begin so: in its own words, which may be conditional, or as MSBuild says.</summary>
    private bool Uses(string project, params string[] packages) => Array.Exists(
        packages,
        package => survey.Read(project)!.Contains($"Include=\"{package}", StringComparison.OrdinalIgnoreCase)
            || (answers.TryGetValue(project, out Evaluation? said) && said.HasPackage(package)));
}
