using System.Text.Json;
using BuildGuard.Cli.CommandLine;

namespace BuildGuard.Cli.Tests;

/// <summary>
/// The samples and what <c>init</c> makes of them, under the published schemas of the services. The schemas are in programs
/// that <c>.ci/run</c> installs. The one of Azure Pipelines (service-schema.json of microsoft/azure-pipelines-vscode) is in no
/// package of npm, NuGet or Debian, so what it says of the steps that we write stands here, as of its version v1.261.1.
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

    /// <summary>The word that makes it a step, then what else it may have.</summary>
    private static readonly string[][] AzureSteps =
    [
        ["script", "condition", "continueOnError", "displayName", "enabled", "env", "failOnStderr", "name", "retryCountOnTaskFailure", "target", "timeoutInMinutes", "workingDirectory"],
        ["publish", "artifact", "condition", "continueOnError", "displayName", "enabled", "env", "name", "retryCountOnTaskFailure", "target", "timeoutInMinutes"],
        ["task", "condition", "continueOnError", "displayName", "enabled", "env", "inputs", "name", "retryCountOnTaskFailure", "timeoutInMinutes"],
    ];

    /// <summary>The tasks that we write, with their inputs.</summary>
    private static readonly Dictionary<string, string[]> AzureTasks = new()
    {
        ["UseDotNet@2"] = ["includePreviewVersions", "installationPath", "packageType", "performMultiLevelLookup", "requestTimeout", "useGlobalJson", "version", "vsVersion", "workingDirectory"],
    };

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
    public void The_steps_for_Azure_are_such_as_its_schema_knows()
    {
        using var git = new GitSandbox();
        Assert.AreEqual(0, git.Guard("init", "--yes", "--no-hooks", "--ci", "azure").ExitCode);
        string written = File.ReadAllText(Path.Combine(git.Root, ".azure-pipelines/buildguard.yml"));
        foreach (string text in (string[])[Sample("azure"), written])
        {
            Assert.AreEqual("", WrongForAzure(git, text));
            foreach ((string right, string wrong) in ((string, string)[])[("displayName:", "displyName:"), ("version:", "versoin:"), ("UseDotNet@2", "UseDotNet@9"), ("- publish:", "- publsh:"), ("steps:", "step:")])
            {
                Assert.Contains(right, text);
                Assert.AreNotEqual("", WrongForAzure(git, text.Replace(right, wrong, StringComparison.Ordinal)), wrong);
            }
        }
    }

    [TestMethod]
    [DataRow("github")]
    [DataRow("azure")]
    [DataRow("gitlab")]
    public void The_sample_installs_the_version_that_it_comes_with(string service) =>
        Assert.Contains($"BuildGuard.Tool --version {CommandTree.Version}\n", Sample(service));

    /// <summary>The first thing that the schema does not know; empty if there is none. python3-yaml comes with pre-commit.</summary>
    private static string WrongForAzure(GitSandbox git, string text)
    {
        File.WriteAllText(Path.Combine(git.Root, "azure.yml"), text);
        Result read = git.Run(git.Root, ["/usr/bin/python3", "-c", "import json,yaml; print(json.dumps(yaml.safe_load(open('azure.yml'))))"], []);
        Assert.AreEqual(0, read.ExitCode, read.Error);
        if (read.Json.EnumerateObject().FirstOrDefault(property => property.Name != "steps") is { Value.ValueKind: not JsonValueKind.Undefined } other)
        {
            return other.Name;
        }

        foreach (JsonElement step in read.Json.GetProperty("steps").EnumerateArray())
        {
            string[] words = [.. step.EnumerateObject().Select(property => property.Name)];
            if (Array.Find(AzureSteps, known => known[0] == words[0]) is not { } kind || words.Except(kind).Any())
            {
                return string.Join(' ', words);
            }

            if (words[0] == "task" && (!AzureTasks.TryGetValue(step.GetProperty("task").GetString()!, out string[]? inputs)
                || (step.TryGetProperty("inputs", out JsonElement given) && given.EnumerateObject().Any(input => !inputs.Contains(input.Name)))))
            {
                return step.GetRawText();
            }

            if (step.EnumerateObject().FirstOrDefault(property => property.Name != "inputs" && property.Value.ValueKind != JsonValueKind.String) is { Value.ValueKind: not JsonValueKind.Undefined } odd)
            {
                return odd.Name;
            }
        }

        return "";
    }

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
