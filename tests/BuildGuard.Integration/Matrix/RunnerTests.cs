using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildGuard.Integration.Matrix;

/// <summary>Each test runner does under the guard what it does without.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RunnerTests
{
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(90);

    /// <summary>In commands: the folder of the results.</summary>
    private const string ResultsFolder = "RESULTS";

    private static Workspace s_workspace = null!;

    [ClassInitialize]
    public static void BuildProjects(TestContext context)
    {
        _ = context;
        s_workspace = new Workspace();
        RunnerProjects.Build(s_workspace);
    }

    [ClassCleanup]
    public static void Delete() => s_workspace.Dispose();

    [TestInitialize]
    public void Forget() => s_workspace.ForgetState();

    [TestMethod]
    [DataRow("mstest")]
    [DataRow("xunit2")]
    [DataRow("xunit3")]
    [DataRow("nunit4")]
    public void TheTestConsoleFindsTheSameOutcomesAndCoverage(string project)
    {
        const string Options = "--no-build --logger trx --blame-hang --blame-hang-timeout 5m --settings run.runsettings -e EXPECT_SETTINGS=yes";

        IsTheSame(["test", project, .. Options.Split(' '), "--collect", "XPlat Code Coverage"], hasCoverage: true, expectedCode: 1);
    }

    /// <summary>Its collector starts a process of its own, which instruments what is tested.</summary>
    [TestMethod]
    [DataRow("mstest")]
    [DataRow("xunit2")]
    public void TheTestConsoleMeasuresTheSameWithTheCollectorOfMicrosoft(string project) =>
        IsTheSame(["test", project, "--no-build", "--logger", "trx", "--collect", "Code Coverage;Format=cobertura"], hasCoverage: true, expectedCode: 1);

    /// <summary>There the build changes the tested files before the run, and writes the report after it, if it was a success.</summary>
    [TestMethod]
    [DataRow("mstest")]
    public void TheBuildMeasuresTheSame(string project) => IsTheSame(
        ["test", project, "--no-build", "--logger", "trx", "--filter", "Name=OfNegative", "-p:CollectCoverage=true", "-p:CoverletOutputFormat=cobertura", $"-p:CoverletOutput={ResultsFolder}/"],
        hasCoverage: true,
        expectedCode: 0);

    [TestMethod]
    [DataRow("mstest", "Name=OfNegative")]
    public void TheTestConsoleFiltersTheSame(string project, string filter) =>
        IsTheSame(["test", project, "--no-build", "--logger", "trx", "--filter", filter], hasCoverage: false, expectedCode: 0);

    [TestMethod]
    [DataRow("mstest-platform", "--report-trx --coverlet --coverlet-output-format cobertura", 2)]
    [DataRow("xunit3-platform", "--report-xunit-trx --coverlet --coverlet-output-format cobertura", 2)]
    [DataRow("tunit", "--report-trx --coverlet --coverlet-output-format cobertura", 2)]
    [DataRow("tunit", "--report-trx --treenode-filter /*/*/*/OfNegative", 0)]
    public void AnApplicationOfTestsFindsTheSameOutcomesAndCoverage(string project, string options, int code) =>
        IsTheSame(["test", "--project", "../" + project, "--no-build", .. options.Split(' ')], options.Contains("coverlet", StringComparison.Ordinal), code);

    [TestMethod]
    [DataRow("nunit4")]
    [DataRow("mstest-platform")]
    [DataRow("tunit")]
    public void AnInterruptLeavesNoTestHost(string project)
    {
        var host = s_workspace.PathOf("host-of-" + project);
        string[] command = RunnerProjects.Platform.Contains(project) ? ["test", "--project", "../" + project, "--no-build"] : ["test", project, "--no-build"];
        var environment = new Dictionary<string, string>(s_workspace.Environment) { ["HANG"] = host };
        using var run = RunningCommand.Start("setsid", ["dotnet", .. command], DirectoryOf(project), environment);
        Deadline.Until(() => File.Exists(host) && File.ReadAllText(host).EndsWith('\n'), s_start, () => run.Output);

        // As a terminal does, to all that stand in it.
        using (var kill = System.Diagnostics.Process.Start("kill", ["-INT", "--", "-" + run.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            kill.WaitForExit();
        }

        var result = run.Wait();
        Assert.AreNotEqual(0, result.ExitCode, result.ToString());
        Assert.IsFalse(ProcessStat.IsRunning(int.Parse(File.ReadAllText(host), CultureInfo.InvariantCulture)), result.ToString());
    }

    /// <summary>Of all runners of a solution, though each of them would start several at once.</summary>
    [TestMethod]
    public void OneTestHostOfTheConsoleRunsAtATime()
    {
        var environment = new Dictionary<string, string>(s_workspace.Environment) { ["ALONE"] = s_workspace.PathOf("alone") };
        using var run = Start("", ["test", "console.slnx", "--no-build", "-m:4"], environment);

        var result = run.Wait();
        Assert.AreEqual(RunnerProjects.Console.Count, result.CountOf("Failed:     1, Passed:     1, Skipped:     1"), result.ToString());
        Assert.HasCount(RunnerProjects.Console.Count, s_workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    public void OneApplicationOfTestsRunsAtATime()
    {
        var environment = new Dictionary<string, string>(s_workspace.Environment) { ["ALONE"] = s_workspace.PathOf("alone") };
        using var run = Start(RunnerProjects.Platform[0], ["test", "--solution", "../platform.slnx", "--no-build", "--max-parallel-test-modules", "4"], environment);

        run.Wait().Says("failed: 3").Says("succeeded: 3").Says("skipped: 3");
        Assert.HasCount(RunnerProjects.Platform.Count, s_workspace.Audit.Acquired("operation"));
    }

    /// <summary>Runs it under the guard, and then without. Neither leaves a process.</summary>
    private static void IsTheSame(string[] command, bool hasCoverage, int expectedCode)
    {
        var project = command[1] == "--project" ? command[2][3..] : command[1];
        var folders = new[] { Directory.CreateTempSubdirectory("buildguard-").FullName, Directory.CreateTempSubdirectory("buildguard-").FullName };
        try
        {
            // One after the other: the coverage tool changes the very files that are tested.
            var mark = Path.GetFileName(folders[0]);
            var environment = new Dictionary<string, string>(s_workspace.Environment) { ["MARK"] = mark };
            using var guarded = Start(project, Into(folders[0]), environment);
            var first = guarded.Wait();
            Assert.IsEmpty(ProcessStat.StartedWith("MARK=" + mark));
            environment["BUILDGUARD_DISABLE"] = "1";
            using var unguarded = Start(project, Into(folders[1]), environment);
            var results = new[] { first, unguarded.Wait() };

            Assert.AreEqual(expectedCode, results[1].ExitCode, results[1].ToString());
            Assert.AreEqual(results[1].ExitCode, results[0].ExitCode, results[0].ToString());
            Assert.HasCount(1, s_workspace.Audit.Acquired("operation"));
            Assert.AreEqual(Counts(results[1]), Counts(results[0]));
            Assert.AreEqual(TestResults.Outcomes(folders[1]), TestResults.Outcomes(folders[0]));
            if (hasCoverage)
            {
                var coverage = TestResults.Coverage(folders[0]);
                StringAssert.Contains(coverage, " 1 ", coverage);
                Assert.AreEqual(TestResults.Coverage(folders[1]), coverage);
            }
        }
        finally
        {
            Array.ForEach(folders, folder => Directory.Delete(folder, recursive: true));
        }

        string[] Into(string folder) => [.. command.Select(word => word.Replace(ResultsFolder, folder, StringComparison.Ordinal)), "--results-directory", folder];
    }

    private static RunningCommand Start(string project, string[] command, IReadOnlyDictionary<string, string> environment) =>
        RunningCommand.Start("dotnet", command, DirectoryOf(project), environment);

    private static string DirectoryOf(string project) => RunnerProjects.Platform.Contains(project) ? s_workspace.PathOf("platform") : s_workspace.Root;

    /// <summary>The lines that count tests.</summary>
    private static string Counts(Result result) => string.Join('\n', result.Lines
        .Where(line => Regex.IsMatch(line, "^(total|failed|succeeded|skipped):|Passed:"))
        .Select(line => Regex.Replace(line, @", Duration: .*? - ", " ")));
}
