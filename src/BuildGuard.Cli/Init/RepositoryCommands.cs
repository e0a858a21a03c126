namespace BuildGuard.Cli.Init;

/// <summary>The commands that build and test this repository from its root, as a shell and make read them.</summary>
/// <param name="Build">What builds it, one after the other.</param>
/// <param name="Test">What tests it.</param>
/// <param name="Unnamed">Solutions and projects that are in none of them, because a shell, make or YAML would not take their names as they are.</param>
internal sealed record RepositoryCommands(IReadOnlyList<string> Build, IReadOnlyList<string> Test, IReadOnlyList<string> Unnamed)
{
    private static readonly string[] TestPackages = ["Microsoft.NET.Test.Sdk", "Microsoft.Testing.", "xunit", "MSTest", "NUnit", "TUnit"];

    /// <summary>Those of a repository.</summary>
    /// <param name="survey">The repository.</param>
    /// <param name="make">The command by which make builds or tests it where .NET does not, without the target.</param>
    public static RepositoryCommands Of(Survey survey, string make)
    {
        if (survey.Projects.Count == 0)
        {
            return new([$"{make} all"], [survey.HasPytest ? "pytest" : $"{make} test"], []);
        }

        string[] solutions = Targets(survey);
        if (solutions.Length > 0)
        {
            return new(Each("dotnet build", solutions), Each("dotnet test", solutions), Odd(solutions));
        }

        string[] tests = [.. TestPackages.SelectMany(survey.ProjectsWith).Distinct().Order(StringComparer.Ordinal)];
        return new(
            Each("dotnet build", survey.Projects),
            Each("dotnet test", tests.Length > 0 && !MayBeTestsByImport(survey) ? tests : survey.Projects),
            Odd(survey.Projects));
    }

    /// <summary>
    /// Whether what makes a project one of tests may stand elsewhere than in it, or in other words: then all are tested, which costs
    /// nothing where there are no tests, and nothing is left out.
    /// </summary>
    private static bool MayBeTestsByImport(Survey survey) => survey.MSBuildFiles.Any(file => survey.Read(file) is { } text
        && (text.Contains("IsTestProject", StringComparison.Ordinal) || text.Contains("MSTest.Sdk", StringComparison.Ordinal)
            || (!survey.Projects.Contains(file) && Array.Exists(TestPackages, package => text.Contains($"\"{package}", StringComparison.Ordinal)))));

    /// <summary>Says once what is left to do by hand.</summary>
    public void AddTo(InitPlan plan)
    {
        string remark = Unnamed.Count > 0 ? $"{InitPlan.Count(Unnamed)} cannot be named in the commands for make and CI as {(Unnamed.Count == 1 ? "it is" : "they are")}: add by hand" : "";
        if (remark.Length > 0 && !plan.Remarks.Contains(remark))
        {
            plan.Remarks.Add(remark);
        }
    }

    /// <summary>Several as one command.</summary>
    public static string Join(IReadOnlyList<string> commands) => commands.Count == 1 ? commands[0] : $"sh -c '{string.Join(" && ", commands)}'";

    /// <summary>
    /// The solutions; an empty name for the only one of the root, which need not be named: several there, or none, are an error of MSBuild
    /// (MSB1011, MSB1003). One project there stands for itself alone, not for the others.
    /// </summary>
    private static string[] Targets(Survey survey)
    {
        string[] root = [.. survey.Files.Where(file => !file.Contains('/', StringComparison.Ordinal) && IsTarget(file))];
        if (root.Length == 1 && (survey.Projects.Count == 1 || !survey.Projects.Contains(root[0])))
        {
            return [""];
        }

        string[] solutions = [.. survey.Solutions];
        return [.. solutions.Where(file => Depth(file) == solutions.Min(Depth))];
    }

    private static bool IsTarget(string file) => Path.GetExtension(file) is ".sln" or ".slnx" || Path.GetExtension(file).EndsWith("proj", StringComparison.Ordinal);

    private static int Depth(string file) => file.Count(c => c == '/');

    private static string[] Odd(IEnumerable<string> targets) => [.. targets.Where(target => !IsPlain(target))];

    private static string[] Each(string command, IReadOnlyList<string> targets) => !targets.Any(IsPlain) ? [command] :
        [.. targets.Where(IsPlain).Select(target => target.Length == 0 ? command : target.Contains(' ', StringComparison.Ordinal) ? $"{command} \"{target}\"" : $"{command} {target}")];

    /// <summary>No shell, make or YAML sees anything else in it.</summary>
    private static bool IsPlain(string target) => target.All(c => char.IsAsciiLetterOrDigit(c) || c > '\x7f' || c is '.' or '_' or '-' or '/' or '+' or ' ') && !target.StartsWith('-');
}
