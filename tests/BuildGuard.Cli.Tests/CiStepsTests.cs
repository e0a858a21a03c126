using YamlDotNet.Serialization;

namespace BuildGuard.Cli.Tests;

/// <summary>
/// The steps that <c>init</c> writes for a build service (samples/ci) are such as it takes, and every command in them does what it says.
/// </summary>
[TestClass]
public sealed class CiStepsTests
{
    private static readonly string Own = CommandLine.CommandTree.Version;

    [TestMethod]
    [DataRow("github", ".github/workflows/buildguard.yml")]
    [DataRow("azure", ".azure-pipelines/buildguard.yml")]
    [DataRow("gitlab", ".gitlab/buildguard.gitlab-ci.yml")]
    public void Every_command_of_the_steps_is_one_and_leaves_what_is_kept(string service, string path)
    {
        using var git = new GitSandbox();
        File.WriteAllText(Path.Combine(git.Root, "Makefile"), "test:\n\t@echo tested\n");
        Assert.AreEqual(0, git.Guard("init", "--yes", "--no-hooks", "--ci", service).ExitCode);
        string text = File.ReadAllText(Path.Combine(git.Root, path));
        Assert.Contains($"BuildGuard.Tool --version {Own}", text);
        Assert.Contains("-- make test", text);
        string[] commands = [.. Commands(service, text)];
        Assert.HasCount(service == "github" ? 5 : service == "azure" ? 5 : 4, commands, string.Join('\n', commands));

        // The tool is not installed but stands where it would be; what the service itself fills in is filled in.
        string staging = Directory.CreateDirectory(Path.Combine(git.Elsewhere, "staging")).FullName;
        string tool = GitSandbox.WriteProgram(Path.Combine(git.Root, ".buildguard-tool", "buildguard"), $"#!/bin/sh\nexec {string.Join(' ', Helper.Program)} \"$@\"\n");
        (string, string)[] variables = [("PATH", Path.GetDirectoryName(tool) + ":" + Environment.GetEnvironmentVariable("PATH")), ("BUILDGUARD_MAX_LOAD", "none"), ("BUILDGUARD_MIN_FREE_MEMORY", "1M"), ("GITHUB_ENV", Path.Combine(staging, "env"))];
        var said = new List<string>();
        foreach (string command in commands.Where(command => !command.StartsWith("dotnet tool install ", StringComparison.Ordinal)))
        {
            string filled = command.Replace("$(Build.ArtifactStagingDirectory)", staging, StringComparison.Ordinal).Replace("$(Agent.TempDirectory)", git.Elsewhere, StringComparison.Ordinal);
            Result result = git.Run(git.Root, ["sh", "-ec", filled], variables);
            Assert.AreEqual(0, result.ExitCode, $"{command}\n{result.Error}");
            said.Add(result.Output);
        }

        Assert.Contains("tested\n", said);
        string kept = service == "azure" ? Path.Combine(staging, "buildguard") : git.Root;
        string prefix = service == "azure" ? "" : "buildguard-";
        StringAssert.Contains(File.ReadAllText(Path.Combine(kept, prefix + "run.json")), "\"outcome\": \"exited\"");
        StringAssert.Contains(File.ReadAllText(Path.Combine(kept, prefix + "report.html")), "make");
    }

    [TestMethod]
    public void The_steps_have_the_form_that_their_service_takes()
    {
        using var git = new GitSandbox();
        File.WriteAllText(Path.Combine(git.Root, "conftest.py"), "");
        Assert.AreEqual(0, git.Guard("init", "--yes", "--no-hooks", "--ci", "github", "--ci", "azure", "--ci", "gitlab").ExitCode);

        Dictionary<object, object> workflow = Yaml(File.ReadAllText(Path.Combine(git.Root, ".github/workflows/buildguard.yml")));
        OnlyHas(workflow, "name", "on", "permissions", "jobs");
        Dictionary<object, object> job = Map(Map(workflow["jobs"])["test"]);
        OnlyHas(job, "runs-on", "env", "steps");
        foreach (Dictionary<object, object> step in List(job["steps"]))
        {
            OnlyHas(step, "uses", "with", "run", "if");
            Assert.AreNotEqual(step.ContainsKey("uses"), step.ContainsKey("run"));
        }

        Dictionary<object, object> template = Yaml(File.ReadAllText(Path.Combine(git.Root, ".azure-pipelines/buildguard.yml")));
        OnlyHas(template, "steps");
        foreach (Dictionary<object, object> step in List(template["steps"]))
        {
            OnlyHas(step, step.ContainsKey("task") ? ["task", "inputs"] : step.ContainsKey("script") ? ["script", "displayName", "condition"] : ["publish", "artifact", "condition"]);
        }

        Dictionary<object, object> included = Yaml(File.ReadAllText(Path.Combine(git.Root, ".gitlab/buildguard.gitlab-ci.yml")));
        OnlyHas(included, "buildguard");
        Dictionary<object, object> test = Map(included["buildguard"]);
        OnlyHas(test, "image", "stage", "script", "after_script", "artifacts");
        Assert.IsTrue(((List<object>)test["script"]).TrueForAll(line => line is string));
        OnlyHas(Map(test["artifacts"]), "when", "paths");
    }

    private static IEnumerable<string> Commands(string service, string text)
    {
        Dictionary<object, object> yaml = Yaml(text);
        return service switch
        {
            "github" => List(Map(Map(yaml["jobs"])["test"])["steps"]).Where(step => step.ContainsKey("run")).Select(step => (string)step["run"]),
            "azure" => List(yaml["steps"]).Where(step => step.ContainsKey("script")).Select(step => (string)step["script"]),
            _ => ((List<object>)Map(yaml["buildguard"])["script"]).Concat((List<object>)Map(yaml["buildguard"])["after_script"]).Cast<string>(),
        };
    }

    private static Dictionary<object, object> Yaml(string text) => new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(text);

    private static Dictionary<object, object> Map(object value) => (Dictionary<object, object>)value;

    private static IEnumerable<Dictionary<object, object>> List(object value) => ((List<object>)value).Select(Map);

    private static void OnlyHas(Dictionary<object, object> map, params string[] keys) =>
        Assert.IsEmpty(map.Keys.Cast<string>().Except(keys), string.Join(", ", map.Keys));
}
