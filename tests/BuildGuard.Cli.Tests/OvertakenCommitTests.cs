using System.Diagnostics;

namespace BuildGuard.Cli.Tests;

/// <summary>A commit that another one overtook while its hook waited: git would run the hook, and then refuse.</summary>
[TestClass]
public sealed class OvertakenCommitTests
{
    private const string Overtaken = "HEAD moved while this commit waited for its turn";

    [TestMethod]
    [DataRow(true)]
    [DataRow(false, DisplayName = "before the first commit")]
    public void Its_hook_is_not_run(bool hasCommits)
    {
        using var git = new GitSandbox();
        if (hasCommits)
        {
            git.Commit("first").Succeeds();
        }

        string diary = Guard(git);
        Result overtaken = Finish(git, ["git", "commit", "-q", "--allow-empty", "-m", "late"], () => CommitMeanwhile(git));
        Assert.AreEqual(1, overtaken.ExitCode, overtaken.Error);
        StringAssert.Contains(overtaken.Error, Overtaken);
        Assert.IsFalse(File.Exists(diary), "the hook was run");

        git.Git("commit", "-q", "--allow-empty", "-m", "again").Succeeds();
        Assert.AreEqual("ran\n", File.ReadAllText(diary));
    }

    /// <summary>What counts for git is the newest commit, not the name of the branch.</summary>
    [TestMethod]
    public void One_whose_branch_was_changed_at_the_same_commit_is_made()
    {
        using var git = new GitSandbox();
        git.Commit("first").Succeeds();
        string diary = Guard(git);
        Result made = Finish(git, ["git", "commit", "-q", "--allow-empty", "-m", "late"], () => git.Git("checkout", "-q", "-b", "other").Succeeds());
        Assert.AreEqual(0, made.ExitCode, made.Error);
        Assert.AreEqual("ran\n", File.ReadAllText(diary));
        Assert.AreEqual("2\n", git.Git("rev-list", "--count", "other").Output);
    }

    /// <summary>Whoever runs the hook by hand wants to know what it says of what is there.</summary>
    [TestMethod]
    public void A_hook_that_is_run_by_hand_is_run_whatever_became_of_the_newest_commit()
    {
        using var git = new GitSandbox();
        git.Commit("first").Succeeds();
        string diary = Guard(git);
        Result byHand = Finish(git, [Path.Combine(git.Hooks, "pre-commit")], () => CommitMeanwhile(git));
        Assert.AreEqual(0, byHand.ExitCode, byHand.Error);
        Assert.AreEqual("ran\n", File.ReadAllText(diary));
    }

    /// <summary>A strict one: neither an unset variable nor a command that fails may be met in the guard's own lines.</summary>
    private static string Guard(GitSandbox git)
    {
        string diary = Path.Combine(git.Elsewhere, "diary");
        GitSandbox.WriteProgram(
            Path.Combine(git.Hooks, "pre-commit"),
            $"#!/bin/sh -eu\necho ran >> '{diary}'\nif env | grep -q '^_BUILDGUARD'; then echo left >> '{diary}'; fi\n");
        Assert.AreEqual(0, git.Guard("hooks", "install").ExitCode);
        return diary;
    }

    private static void CommitMeanwhile(GitSandbox git) => git.Git("commit", "-q", "--no-verify", "--allow-empty", "-m", "meanwhile").Succeeds();

    /// <summary>Runs a command to its end that has to wait for its turn.</summary>
    /// <param name="git">Where.</param>
    /// <param name="command">What.</param>
    /// <param name="meanwhile">Done while it waits.</param>
    private static Result Finish(GitSandbox git, string[] command, Action meanwhile)
    {
        using Process holder = git.Start(git.Root, [.. Helper.Program, "run", "--", "cat"], []);
        Await(git, "leases");
        Process waiting = git.Start(git.Root, command, []);
        Await(git, "queue");
        meanwhile();
        holder.StandardInput.Close();
        return GitSandbox.Finish(waiting);
    }

    private static void Await(GitSandbox git, string list) =>
        _ = Helper.Await(() => git.Guard("status", "--json").Json.GetProperty(list).GetArrayLength(), count => count == 1);
}
