namespace BuildGuard.Cli.Init;

/// <summary>The commands that build and test this repository from its root, as a shell and make read them.</summary>
/// <param name="Build">What builds it, one after the other.</param>
/// <param name="Test">What tests it.</param>
/// <param name="Unnamed">Solutions and projects that are in none of them, because a shell, make or YAML would not take their names as they are.</param>
internal sealed record RepositoryCommands(IReadOnlyList<string> Build, IReadOnlyList<string> Test, IReadOnlyList<string> Unnamed)
{
    /// <summary>Those of <see cref="Test"/> that need more than .NET.</summary>
    private string[] Others { get; init; } = [];

    /// <summary>Those of a repository.</summary>
    /// <param name="survey">The repository.</param>
    /// <param name="tests">Its projects of tests.</param>
    /// <param name="make">The command by which make builds or tests it where .NET does not, without the target.</param>
    public static RepositoryCommands Of(Survey survey, TestProjects tests, string make)
    {
        string[] others = [.. survey.OtherTests.Where(IsWritten).Select(other => other.Command)];
        if (survey.Projects.Count == 0)
        {
            bool hasTarget = SettingsStep.MakeTest(survey) is not null;
            return new([make], others.Length > 0 || !hasTarget ? others : [$"{make} test"], []) { Others = others };
        }

        RepositoryCommands dotnet = OfDotnet(survey, tests);
        return dotnet with { Test = [.. dotnet.Test, .. others], Others = others };
    }

    /// <summary>Whether a command runs them that is written: in the root, and where it is known to be the right one.</summary>
    public static bool IsWritten(OtherTests tests) => tests is { IsSure: true, Folder: "" };

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
        Say(plan, Test.Count == 0 ? "nothing in the root tells how this repository is tested, so no command for that is written: 'buildguard run -- COMMAND' runs it in turn" : "");
        Say(plan, isForCi && Others.Length > 0 ? $"the steps for CI run {string.Join(" and ", Others.Select(command => $"'{command}'"))}: install what that needs in a step before" : "");
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
