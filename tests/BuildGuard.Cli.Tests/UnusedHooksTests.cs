namespace BuildGuard.Cli.Tests;

/// <summary>Hooks in a folder that <c>core.hooksPath</c> named when they were guarded, and does not name any more.</summary>
[TestClass]
public sealed class UnusedHooksTests
{
    [TestMethod]
    [DataRow(null)]
    [DataRow("other")]
    public void They_are_shown_and_removed(string? next)
    {
        using var git = new GitSandbox();
        string folder = Path.Combine(git.Root, "my hooks");
        string[] before = Guard(git, folder);
        Name(git, next is null ? null : Path.Combine(git.Root, next));

        string why = next is null ? $"core.hooksPath does not name {folder} any more" : $"core.hooksPath names {git.Root}/{next}";
        string shown = $"pre-commit: guarded ({folder}/pre-commit); not run: {why}; 'buildguard hooks remove' makes it what it was\n";
        StringAssert.Contains(git.Guard("hooks", "status").Output, shown);
        StringAssert.Contains(git.Guard("doctor").Output, $"pre-commit guarded (not run: {why}");

        StringAssert.Contains(git.Guard("hooks", "remove").Output, $"pre-commit: as it was before ({folder}/pre-commit)\n");
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(folder));
        Assert.DoesNotContain(folder, git.Guard("hooks", "status").Output);
        Assert.IsFalse(File.Exists(Path.Combine(git.Root, ".git", "buildguard-hooks")));
    }

    [TestMethod]
    public void A_repository_that_was_moved_knows_them()
    {
        using var git = new GitSandbox();
        string[] before = Guard(git, Path.Combine(git.Root, "hooks"));
        Name(git, null);
        string moved = Path.Combine(git.Elsewhere, "moved");
        Directory.Move(git.Root, moved);
        StringAssert.Contains(git.GuardIn(moved, "hooks", "status").Output, $"pre-commit: guarded ({moved}/hooks/pre-commit); not run: ");
        Assert.AreEqual(0, git.GuardIn(moved, "hooks", "remove").ExitCode);
        Assert.HasCount(before.Length, GitSandbox.Photograph(Path.Combine(moved, "hooks")));
    }

    /// <summary>They may run in other repositories still.</summary>
    [TestMethod]
    public void Those_that_others_share_stay_unless_they_are_meant()
    {
        using var git = new GitSandbox();
        string folder = Path.Combine(git.Elsewhere, "shared");
        string[] before = Guard(git, folder, "--shared");
        string[] guarded = GitSandbox.Photograph(folder);
        Name(git, null);
        StringAssert.Contains(git.Guard("hooks", "status").Output, "'buildguard hooks remove --shared' makes it what it was\n");
        git.Guard("hooks", "remove");
        CollectionAssert.AreEqual(guarded, GitSandbox.Photograph(folder));
        git.Guard("hooks", "remove", "--shared");
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(folder));
    }

    private static string[] Guard(GitSandbox git, string folder, params string[] options)
    {
        GitSandbox.WriteProgram(Path.Combine(folder, "pre-commit"), "#!/bin/sh\necho checked >&2\n");
        string[] before = GitSandbox.Photograph(folder);
        Name(git, folder);
        Result installed = git.Guard(["hooks", "install", .. options]);
        Assert.AreEqual(0, installed.ExitCode, installed.Error);
        return before;
    }

    private static void Name(GitSandbox git, string? folder)
    {
        git.Git(folder is null ? ["config", "--unset", "core.hooksPath"] : ["config", "core.hooksPath", folder]).Succeeds();
        _ = folder is null ? null : Directory.CreateDirectory(folder);
    }
}
