using BuildGuard.Cli.Init;
using BuildGuard.Cli.Programs;
using static BuildGuard.Cli.Tests.InitTests;

namespace BuildGuard.Cli.Tests;

/// <summary>What <c>init --undo</c> says is so: of files that are as they were, of hooks that were there, of what was left half done.</summary>
[TestClass]
public sealed class InitUndoTests
{
    /// <summary>By version control, or because the writing never came to it.</summary>
    [TestMethod]
    public void A_file_that_is_what_it_was_before_is_not_said_to_be_changed()
    {
        using GitSandbox git = Repository();
        git.Git("add", ".").Succeeds();
        git.Git("commit", "-q", "-m", "x").Succeeds();
        git.Guard("init", "--yes", "--no-hooks");
        git.Git("checkout", "-q", "tests/tests.csproj").Succeeds();
        Result undone = git.Guard("init", "--undo", "--yes");
        Assert.AreEqual(0, undone.ExitCode, undone.Output);
        StringAssert.Contains(undone.Output, "is as it was before  tests/tests.csproj");
        Assert.AreEqual("", git.Git("status", "--short").Output);
        Assert.AreEqual($"Nothing to do in {git.Root}.\n", git.Guard("init", "--undo", "--yes").Output);
    }

    [TestMethod]
    public void What_is_kept_is_said_with_how_to_be_done_with_it()
    {
        using GitSandbox git = Repository();
        git.Guard("init", "--yes", "--no-hooks");
        File.AppendAllText(Path.Combine(git.Root, "buildguard.json"), "\n");
        Result kept = git.Guard("init", "--undo", "--yes");
        Assert.AreEqual(1, kept.ExitCode);
        StringAssert.Contains(kept.Output, "Note: for what is kept: take out by hand what init put in, and run 'init --undo' again; or remove .buildguard/init.json to leave it as it is for good\n");
        File.Delete(Path.Combine(git.Root, ".buildguard", "init.json"));
        Assert.AreEqual($"Nothing to do in {git.Root}.\n", git.Guard("init", "--undo", "--yes").Output);
    }

    [TestMethod]
    public void A_hook_that_was_guarded_before_stays_guarded()
    {
        using var git = new GitSandbox();
        Assert.AreEqual(0, git.Guard("hooks", "install").ExitCode);
        string[] mine = GitSandbox.Photograph(git.Hooks).Where(file => file.Contains("/pre-commit ", StringComparison.Ordinal)).ToArray();
        File.Delete(Path.Combine(git.Hooks, "pre-push"));
        StringAssert.Contains(git.Guard("init", "--yes").Output, "pre-push waits for the turn");
        Assert.AreEqual(0, git.Guard("init", "--undo", "--yes").ExitCode);
        Assert.IsFalse(File.Exists(Path.Combine(git.Hooks, "pre-push")));
        CollectionAssert.AreEqual(mine, GitSandbox.Photograph(git.Hooks).Where(file => file.Contains("/pre-commit ", StringComparison.Ordinal)).ToArray());
        Assert.HasCount(1, mine);
    }

    [TestMethod]
    public void A_hook_that_was_moved_since_is_made_what_it_was_too()
    {
        using var git = new GitSandbox();
        Assert.AreEqual(0, git.Guard("init", "--yes").ExitCode);
        string hook = Path.Combine(git.Hooks, "pre-commit");
        File.Move(hook, hook + ".legacy");
        GitSandbox.WriteProgram(hook, "#!/bin/sh\nexec \"$0.legacy\"\n");
        Result undone = git.Guard("init", "--undo", "--yes");
        Assert.AreEqual(0, undone.ExitCode, undone.Output);
        Assert.IsFalse(File.Exists(hook + ".legacy"));
        Assert.IsTrue(File.Exists(hook));
    }

    [TestMethod]
    public void A_folder_in_the_place_of_a_file_stays_and_nothing_is_left_beside_it()
    {
        using GitSandbox git = Repository();
        Directory.CreateDirectory(Path.Combine(git.Root, "buildguard.mk"));
        string[] before = Everything(git.Root);
        Result done = git.Guard("init", "--yes", "--no-hooks");
        Assert.AreEqual(0, done.ExitCode, done.Error);
        StringAssert.Contains(done.Output, "Note: buildguard.mk is a folder and stays as it is\n");
        Assert.AreEqual(0, git.Guard("init", "--undo", "--yes").ExitCode);
        CollectionAssert.AreEqual(before, Everything(git.Root));
        string folder = Path.Combine(git.Root, "buildguard.mk");
        try
        {
            ForeignFile.Write(folder, "x"u8);
            Assert.Fail("a folder was overwritten");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CollectionAssert.AreEqual(before, Everything(git.Root));
        }
    }

    /// <summary>Of one that was killed while it wrote; one that still writes is left its file.</summary>
    [TestMethod]
    public void What_a_killed_one_left_beside_a_file_goes_with_the_next()
    {
        using GitSandbox git = Repository();
        const int Never = 1 << 30;
        string[] before = Everything(git.Root);
        File.WriteAllText(Path.Combine(git.Root, $".buildguard.json.buildguard-{Never}"), "{");
        File.WriteAllText(Path.Combine(git.Root, $".pytest.ini.buildguard-{Environment.ProcessId}"), "");
        git.Guard("init", "--yes", "--no-hooks");
        Assert.IsFalse(File.Exists(Path.Combine(git.Root, $".buildguard.json.buildguard-{Never}")));
        Assert.IsTrue(File.Exists(Path.Combine(git.Root, $".pytest.ini.buildguard-{Environment.ProcessId}")));
        File.Delete(Path.Combine(git.Root, $".pytest.ini.buildguard-{Environment.ProcessId}"));
        File.WriteAllText(Path.Combine(git.Root, ".buildguard", $".init.json.buildguard-{Never}"), "{");
        File.WriteAllText(Path.Combine(git.Root, $".buildguard.json.buildguard-{Never}"), "{");
        Assert.AreEqual(0, git.Guard("init", "--undo", "--yes").ExitCode);
        CollectionAssert.AreEqual(before, Everything(git.Root));
    }

    /// <summary>A second one changes what the first wrote, and is ended at the worst time: it is recorded, and not written.</summary>
    [TestMethod]
    public void What_a_killed_update_did_not_come_to_is_taken_back_all_the_same()
    {
        using GitSandbox git = Repository();
        string[] before = Everything(git.Root);
        Assert.AreEqual(0, git.Guard("init", "--yes", "--no-hooks").ExitCode);
        string first = File.ReadAllText(Path.Combine(git.Root, "tests/tests.csproj"));
        Kill("<Project>second</Project>");
        StringAssert.Contains(git.Guard("init", "--undo", "--dry-run").Output, "as it was before  tests/tests.csproj");

        // The next one does not take what the first wrote for somebody's own.
        Kill("<Project>third</Project>");
        Result undone = git.Guard("init", "--undo", "--yes");
        Assert.AreEqual(0, undone.ExitCode, undone.Output);
        CollectionAssert.AreEqual(before, Everything(git.Root));

        void Kill(string update)
        {
            InitRecord record = InitRecord.Read(git.Root);
            record.Add(new FileChange("tests/tests.csproj", first, update, ""));
            record.Write(git.Root);
        }
    }
}
