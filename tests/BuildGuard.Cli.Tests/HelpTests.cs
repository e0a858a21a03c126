using System.Text.RegularExpressions;

namespace BuildGuard.Cli.Tests;

[TestClass]
public sealed class HelpTests
{
    private static readonly string[] Built = ["run", "status", "queue", "top", "check", "monitor", "reap", "log", "report", "stop", "env", "init", "hooks", "schedule", "completion", "doctor"];

    [TestMethod]
    [DataRow("--help")]
    [DataRow("-h")]
    [DataRow("")]
    public void The_program_shows_what_is_built_and_nothing_else(string argument)
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run(argument.Length == 0 ? [] : [argument]);
        Assert.AreEqual(0, result.ExitCode);
        Assert.AreEqual("", result.Error);
        string[] verbs = [.. result.Output.Split("Commands:\n")[1].Split("\n\n")[0].Split('\n').Select(l => l.Trim().Split(' ')[0])];
        CollectionAssert.AreEqual(Built, verbs);
        StringAssert.Contains(result.Output, "Examples:\n  buildguard run -- dotnet build");
    }

    [TestMethod]
    public void Every_verb_has_examples()
    {
        using var sandbox = new Sandbox();
        foreach (string verb in Built)
        {
            Result result = sandbox.Run(verb, "--help");
            Assert.AreEqual(0, result.ExitCode, result.Error);
            StringAssert.Contains(result.Output, $"Examples:\n  buildguard {verb}");
        }
    }

    [TestMethod]
    public void Every_verb_says_what_its_exit_codes_mean()
    {
        using var sandbox = new Sandbox();
        foreach (string verb in Built)
        {
            string codes = sandbox.Run(verb, "--help").Output.Split("Exit codes:\n")[1].Split("\n\n")[0];
            StringAssert.Matches(codes, new(verb == "run" ? @"^  N +that of the command\n" : @"^  0 +\S"), verb);
            StringAssert.Matches(codes, new(@"\n  125 +\S"), verb);
            Assert.AreEqual(verb is "run" or "check", codes.Contains("\n  75 ", StringComparison.Ordinal), verb);
            Assert.AreEqual(verb is "doctor" or "stop" or "init" or "hooks" or "schedule", codes.Contains("\n  1 ", StringComparison.Ordinal), verb);
        }

        StringAssert.Contains(sandbox.Run("hooks", "install", "--help").Output, "Exit codes:\n  0 ");
    }

    /// <summary>The README lists them, too.</summary>
    [TestMethod]
    public void The_exit_codes_of_run_are_those_of_the_readme()
    {
        using var sandbox = new Sandbox();
        string[] help = [.. CodesOf(sandbox.Run("run", "--help").Output.Split("Exit codes:\n  N ")[1].Split("\n\n")[0], @"^  (\d[\d +N]*?) {2,}")];
        string page = File.ReadAllText(Path.Combine(RepositoryRoot, "README.md")).Split("Its exit code is the command's own, or:")[1].Split("\n\n")[1];
        string[] readme = [.. CodesOf(page, @"^\| (\d[\d ,+N]*?) \|").SelectMany(code => code.Split(", "))];
        CollectionAssert.AreEquivalent(readme, help);

        static IEnumerable<string> CodesOf(string text, string pattern) =>
            Regex.Matches(text, pattern, RegexOptions.Multiline).Select(match => match.Groups[1].Value);
    }

    private static string RepositoryRoot
    {
        get
        {
            string directory = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(directory, "BuildGuard.sln")))
            {
                directory = Path.GetDirectoryName(directory)!;
            }

            return directory;
        }
    }

    [TestMethod]
    public void What_is_between_tasks_and_helper_is_not_shown()
    {
        using var sandbox = new Sandbox();
        string help = sandbox.Run("run", "--help").Output;
        foreach (string hidden in (string[])["--messages", "--with-parent", "--kind", "--property"])
        {
            Assert.IsFalse(help.Contains(hidden, StringComparison.Ordinal), hidden);
        }

        StringAssert.Contains(help, "buildguard run [OPTIONS] -- COMMAND [ARG...]");
    }

    [TestMethod]
    public void Help_behind_the_command_is_the_commands_own()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run("run", "--preflight", "off", "--", "sh", "-c", "echo \"$0\"", "--help");
        Assert.AreEqual("--help\n", result.Output, result.Error);
    }

    [TestMethod]
    public void The_version_is_a_version()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run("--version");
        Assert.AreEqual(0, result.ExitCode);
        Assert.IsTrue(Version.TryParse(result.Output.Trim().Split('-')[0], out _), result.Output);
    }

    [TestMethod]
    public void Words_are_completed()
    {
        using var sandbox = new Sandbox();
        Assert.AreEqual("status\n", sandbox.Run("[suggest]", "sta").Output);
    }
}
