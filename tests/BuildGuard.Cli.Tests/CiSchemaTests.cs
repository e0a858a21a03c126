using BuildGuard.Cli.CommandLine;

namespace BuildGuard.Cli.Tests;

/// <summary>
/// The samples and what <c>init</c> makes of them, under the published schemas of the services. The schemas are in programs
/// that <c>.ci/run</c> installs. None that is to be had has the one of Azure Pipelines.
/// </summary>
[TestClass]
public sealed class CiSchemaTests
{
    private const int Missing = 96;

    /// <summary>Its schema is in the program. Its launcher needs a function that Node has only since version 22.</summary>
    private const string GitLab = """
        command -v gitlab-ci-local >/dev/null || exit 96
        export HOME=$PWD
        exec node --import 'data:text/javascript,Set.prototype.union||=function(other){return new Set([...this,...other.keys()])}' "$(command -v gitlab-ci-local)" --list --file "$1"
        """;

    private const string GitHub = """
        command -v action-validator >/dev/null || exit 96
        exec action-validator "$1"
        """;

    [TestMethod]
    [DataRow("github", ".github/workflows/buildguard.yml", "runs-on", "runs-onn", DisplayName = "GitHub Actions")]
    [DataRow("gitlab", ".gitlab/buildguard.gitlab-ci.yml", "when: always", "when: sometimes", DisplayName = "GitLab")]
    public void The_sample_and_what_init_writes_are_valid(string service, string path, string right, string wrong)
    {
        using var git = new GitSandbox();
        git.Git("commit", "-q", "--allow-empty", "-m", "first").Succeeds();
        git.Git("remote", "add", "origin", "git@example.org:group/project.git").Succeeds();
        Assert.AreEqual(0, git.Guard("init", "--yes", "--no-hooks", "--ci", service).ExitCode);
        string written = File.ReadAllText(Path.Combine(git.Root, path));
        foreach (string text in (string[])[Sample(service), written])
        {
            Result valid = Validate(git, service, path, text);
            Assert.AreEqual(0, valid.ExitCode, valid.Output + valid.Error);
            Assert.AreNotEqual(0, Validate(git, service, path, text.Replace(right, wrong, StringComparison.Ordinal)).ExitCode, "what is wrong is not found");
        }
    }

    [TestMethod]
    [DataRow("github")]
    [DataRow("azure")]
    [DataRow("gitlab")]
    public void The_sample_installs_the_version_that_it_comes_with(string service) =>
        Assert.Contains($"BuildGuard.Tool --version {CommandTree.Version}\n", Sample(service));

    private static Result Validate(GitSandbox git, string service, string path, string text)
    {
        File.WriteAllText(Path.Combine(git.Root, path), text);
        Result result = git.Run(git.Root, ["timeout", "60", "bash", "-c", service == "github" ? GitHub : GitLab, "bash", path], []);
        if (result.ExitCode == Missing)
        {
            Assert.Inconclusive(service == "github" ? "action-validator is not installed (npm install @action-validator/cli)" : "gitlab-ci-local is not installed (npm install gitlab-ci-local)");
        }

        return result;
    }

    private static string Sample(string service)
    {
        using var reader = new StreamReader(typeof(CommandTree).Assembly.GetManifestResourceStream($"ci.{service}.yml")!);
        return reader.ReadToEnd();
    }
}
