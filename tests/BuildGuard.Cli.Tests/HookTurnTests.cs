namespace BuildGuard.Cli.Tests;

/// <summary>Hooks of several commits take turns, whatever runs them, and none waits for the operation that it stands in.</summary>
[TestClass]
public sealed class HookTurnTests
{
    [TestMethod]
    public void A_commit_inside_a_guarded_operation_does_not_wait_for_it()
    {
        using var git = new GitSandbox();
        git.Guard("hooks", "install");
        File.WriteAllText(Path.Combine(git.Root, "file"), "");
        Result inside = git.Guard("run", "--label", "outer", "--", "sh", "-c", "git add file && git commit -q -m inside");
        Assert.AreEqual(0, inside.ExitCode, inside.Error);
        CollectionAssert.AreEqual((string[])["outer", "git pre-commit"], git.Turns);
    }

    /// <summary>A hook that runs nothing takes its turn, and does not keep it until the machine is fit, nor refuse a commit.</summary>
    [TestMethod]
    public void Where_a_hook_runs_nothing_an_unfit_machine_is_said_and_not_waited_for()
    {
        using var git = new GitSandbox();
        git.Guard("hooks", "install");
        (string, string)[] unfit = [("BUILDGUARD_MIN_FREE_MEMORY", "100T"), ("BUILDGUARD_PREFLIGHT", "error")];
        GitResult empty = git.Commit("first", null, unfit).Succeeds();
        StringAssert.Contains(empty.Error, "warning BG2");
        CollectionAssert.AreEqual((string[])["git pre-commit"], git.Turns);

        // With the first line that somebody writes into it there is something to wait with.
        File.AppendAllText(Path.Combine(git.Hooks, "pre-commit"), "echo mine >&2\n");
        foreach (bool isRenewed in (bool[])[false, true])
        {
            GitResult refused = git.Commit("second", null, unfit);
            Assert.AreEqual(1, refused.ExitCode, refused.Error);
            StringAssert.Contains(refused.Error, "error BG2");
            Assert.DoesNotContain("mine", refused.Error);
            Assert.AreEqual(0, git.Guard("hooks", "install").ExitCode);
        }
    }

    [TestMethod]
    public void Ten_commits_at_once_run_their_hooks_one_after_the_other()
    {
        using var git = new GitSandbox();
        git.Commit("first").Succeeds();
        string diary = Path.Combine(git.Elsewhere, "diary");

        // A hook that is not alone sees the mark of the other.
        GitSandbox.WriteProgram(
            Path.Combine(git.Hooks, "pre-commit"),
            $"#!/bin/sh\nif mkdir '{diary}.inside'; then echo alone; else echo overlap; fi >> '{diary}'\nsleep 0.2\nrmdir '{diary}.inside'\n");
        git.Guard("hooks", "install");
        var commits = Enumerable.Range(0, 10)
            .Select(i => git.Start(git.Root, ["git", "commit", "-q", "--allow-empty", "-m", $"commit {i}"], [])).ToList();
        List<Result> results = [.. commits.Select(GitSandbox.Finish)];

        // Git lets only those through whose parent is still the newest commit; who has waited past that is told so before the hook.
        foreach (Result refused in results.Where(result => result.ExitCode != 0))
        {
            StringAssert.Matches(refused.Error, new(@"cannot lock ref 'HEAD'|index\.lock|HEAD moved while this commit waited"));
        }

        int made = results.Count(result => result.ExitCode == 0);
        Assert.AreEqual($"{made + 1}\n", git.Git("rev-list", "--count", "HEAD").Output);
        Assert.IsGreaterThan(0, made);
        string[] hooks = File.ReadAllLines(diary);
        CollectionAssert.AreEqual(Enumerable.Repeat("alone", hooks.Length).ToArray(), hooks);
        Assert.HasCount(hooks.Length + results.Count(result => result.Error.Contains("HEAD moved", StringComparison.Ordinal)), git.Turns);
        Assert.AreEqual(0, git.Guard("status", "--json").Json.GetProperty("queue").GetArrayLength());
    }

    [TestMethod]
    public void Ten_commits_under_the_real_pre_commit_framework_run_its_hooks_one_after_the_other()
    {
        if (HooksTests.FindOrNone("pre-commit") is not { } framework)
        {
            Assert.Inconclusive("the pre-commit framework is not installed (Debian: apt-get install pre-commit)");
            return;
        }

        using var git = new GitSandbox();
        string diary = Path.Combine(git.Elsewhere, "diary");
        string check = GitSandbox.WriteProgram(
            Path.Combine(git.Elsewhere, "check"),
            $"#!/bin/sh\nif mkdir '{diary}.inside'; then echo alone; else echo overlap; fi >> '{diary}'\nsleep 0.1\nrmdir '{diary}.inside'\n");
        File.WriteAllText(
            Path.Combine(git.Root, ".pre-commit-config.yaml"),
            $"repos:\n- repo: local\n  hooks:\n  - id: check\n    name: check\n    entry: {check}\n    language: system\n    always_run: true\n    pass_filenames: false\n");
        git.Git("add", ".").Succeeds();
        git.Git("commit", "-q", "-m", "configuration").Succeeds();
        (string, string)[] variables = [("PRE_COMMIT_HOME", Path.Combine(git.Elsewhere, "cache"))];
        Assert.AreEqual(0, git.Run(git.Root, [framework, "install"], variables).ExitCode);
        string[] before = GitSandbox.Photograph(git.Hooks);
        Assert.AreEqual(0, git.Guard("hooks", "install").ExitCode);

        // Trees of their own: in one, git itself lets only one of them through.
        string[] trees = [.. Enumerable.Range(0, 10).Select(i => Path.Combine(git.Elsewhere, $"tree{i}"))];
        foreach (string tree in trees)
        {
            git.Git("worktree", "add", "-q", tree).Succeeds();
            File.WriteAllText(Path.Combine(tree, "file"), tree);
            git.GitIn(tree, [], "add", "file").Succeeds();
        }

        var commits = trees.Select(tree => git.Start(tree, ["git", "commit", "-q", "-m", "one of ten"], variables)).ToList();
        foreach (Result commit in commits.Select(GitSandbox.Finish))
        {
            Assert.AreEqual(0, commit.ExitCode, commit.Error + commit.Output);
            StringAssert.Contains(commit.Error + commit.Output, "check.");
        }

        CollectionAssert.AreEqual(Enumerable.Repeat("alone", 10).ToArray(), File.ReadAllLines(diary));
        CollectionAssert.AreEqual(Enumerable.Repeat("git pre-commit", 10).ToArray(), git.Turns);

        git.Guard("hooks", "remove");
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(git.Hooks));
    }

    [TestMethod]
    public void Under_the_real_pre_commit_framework_that_came_later_nothing_of_the_guard_stays()
    {
        if (HooksTests.FindOrNone("pre-commit") is not { } framework)
        {
            Assert.Inconclusive("the pre-commit framework is not installed (Debian: apt-get install pre-commit)");
            return;
        }

        using var git = new GitSandbox();
        File.WriteAllText(Path.Combine(git.Root, ".pre-commit-config.yaml"), "repos: []\n");
        git.Git("add", ".").Succeeds();
        (string, string)[] variables = [("PRE_COMMIT_HOME", Path.Combine(git.Elsewhere, "cache"))];
        Assert.AreEqual(0, git.Guard("hooks", "install").ExitCode);
        Assert.AreEqual(0, git.Run(git.Root, [framework, "install"], variables).ExitCode);
        git.Commit("first", null, variables).Succeeds();
        Assert.HasCount(1, git.Turns);
        StringAssert.Contains(git.Guard("hooks", "status").Output, "pre-commit.legacy: guarded (");

        Assert.AreEqual(0, git.Guard("hooks", "remove").ExitCode);
        Assert.IsFalse(File.Exists(Path.Combine(git.Hooks, "pre-commit.legacy")));
        git.Commit("second", null, variables).Succeeds();
        Assert.HasCount(1, git.Turns);
    }
}
