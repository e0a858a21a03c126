namespace BuildGuard.Cli.Init;

/// <summary>The commands that build and test this repository from its root, as a shell and make read them.</summary>
/// <param name="Build">What builds it, one after the other.</param>
/// <param name="Test">What tests it.</param>
/// <param name="Unnamed">Solutions and projects that are in none of them, because a shell, make or YAML would not take their names as they are.</param>
internal sealed record RepositoryCommands(IReadOnlyList<string> Build, IReadOnlyList<string> Test, IReadOnlyList<string> Unnamed)
{
    /// <summary>Those of <see cref="Test"/> that need more than .NET.</summary>
    private IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>Whether nothing in the repository tells how it is tested.</summary>
    private bool IsGuess { get; init; }

    /// <summary>Those of a repository.</summary>
    /// <param name="survey">The repository.</param>
    /// <param name="tests">Its projects of tests.</param>
    /// <param name="make">The command by which make builds or tests it where .NET does not, without the target.</param>
    public static RepositoryCommands Of(Survey survey, TestProjects tests, string make)
    {
        IReadOnlyList<string> others = OtherTests.Of(survey);
        if (survey.Projects.Count == 0)
        {
            return new([make], others.Count > 0 ? others : [$"{make} test"], [])
            {
                Others = others,
                IsGuess = others.Count == 0 && !SettingsStep.HasMakeTarget(survey, "test"),
            };
        }

        RepositoryCommands dotnet = OfDotnet(survey, tests);
        return dotnet with { Test = [.. dotnet.Test, .. others], Others = others };
    }

    /// <summary>Those of a repository that has projects.</summary>
    private static RepositoryCommands OfDotnet(Survey survey, TestProjects tests)
    {
        string[] all = [.. tests.All];
        if (IsWhole(survey))
        {
            return new(["dotnet build"], ["dotnet test"], []);
        }

        // What is in no solution is nothing that its owner builds; unless it is of tests, for these are run.
        IReadOnlyList<Solution> solutions = Solutions(survey);
        string[] targets = [.. solutions.Select(solution => NameOf(survey, solution.File))];
        string[] others = [.. all.Where(project => !solutions.Any(solution => solution.Projects.Contains(project)))];
        return targets.Length > 0
            ? new(Each("dotnet build", [.. targets, .. others]), Each("dotnet test", [.. targets, .. others]), Odd([.. targets, .. others]))
            : new(Each("dotnet build", survey.Projects), Each("dotnet test", all.Length > 0 ? all : survey.Projects), Odd(survey.Projects));
    }

    /// <summary>Says once what is left to do by hand.</summary>
    /// <param name="plan">What is planned.</param>
    /// <param name="isForCi">Whether a build service is to run them, which has little but .NET.</param>
    public void AddTo(InitPlan plan, bool isForCi)
    {
        Say(plan, Unnamed.Count > 0 ? $"{InitPlan.Count(Unnamed)} cannot be named in the commands for make and CI as {(Unnamed.Count == 1 ? "it is" : "they are")}: add by hand" : "");
        Say(plan, IsGuess ? $"nothing here tells how this repository is tested: what is written runs '{Join(Test)}'; put the right command there" : "");
        Say(plan, isForCi && Others.Count > 0 ? $"the steps for CI run {string.Join(" and ", Others.Select(command => $"'{command}'"))}: install what that needs in a step before" : "");
    }

    private static void Say(InitPlan plan, string remark)
    {
        if (remark.Length > 0 && !plan.Remarks.Contains(remark))
        {
            plan.Remarks.Add(remark);
        }
    }

    /// <summary>Several as one command.</summary>
    public static string Join(IReadOnlyList<string> commands) => commands.Count == 1 ? commands[0] : $"sh -c '{string.Join(" && ", commands)}'";

    /// <summary>Whether the root has one project, which stands for all that there are: the only one, or one that is made to build others.</summary>
    private static bool IsWhole(Survey survey) => InRoot(survey) is [var only] && !IsSolution(only) && (survey.Projects.Count == 1 || !survey.Projects.Contains(only));

    /// <summary>Those nearest to the root, without those that say nothing new.</summary>
    private static IReadOnlyList<Solution> Solutions(Survey survey)
    {
        string[] all = [.. survey.Solutions];
        return Solution.WithoutRepetition(all.Where(file => Depth(file) == all.Min(Depth)).Select(file => Solution.Read(survey, file)));
    }

    /// <summary>Empty for the only one of the root, which need not be named: several there, or none, are an error of MSBuild (MSB1011, MSB1003).</summary>
    private static string NameOf(Survey survey, string solution) => InRoot(survey) is [var only] && only == solution ? "" : solution;

    private static string[] InRoot(Survey survey) =>
        [.. survey.Files.Where(file => !file.Contains('/', StringComparison.Ordinal) && (IsSolution(file) || Path.GetExtension(file).EndsWith("proj", StringComparison.Ordinal)))];

    private static bool IsSolution(string file) => Path.GetExtension(file) is ".sln" or ".slnx";

    private static int Depth(string file) => file.Count(c => c == '/');

    private static string[] Odd(IEnumerable<string> targets) => [.. targets.Where(target => !IsPlain(target))];

    private static string[] Each(string command, IReadOnlyList<string> targets) => !targets.Any(IsPlain) ? [command] :
        [.. targets.Where(IsPlain).Select(target => target.Length == 0 ? command : target.Contains(' ', StringComparison.Ordinal) ? $"{command} \"{target}\"" : $"{command} {target}")];

    /// <summary>No shell, make or YAML sees anything else in it.</summary>
    private static bool IsPlain(string target) => target.All(c => char.IsAsciiLetterOrDigit(c) || c > '\x7f' || c is '.' or '_' or '-' or '/' or '+' or ' ') && !target.StartsWith('-');
}
