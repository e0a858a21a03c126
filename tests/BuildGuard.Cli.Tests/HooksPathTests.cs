namespace BuildGuard.Cli.Tests;

/// <summary>Hooks of git where <c>core.hooksPath</c> says where they are, or that there are none.</summary>
[TestClass]
public sealed class HooksPathTests
{
    [TestMethod]
    public void Beside_husky()
    {
        using var git = new GitSandbox();
        string folder = Path.Combine(git.Root, ".husky", "_");

        // As version 9 writes it: what runs is looked for by the name and the place of the hook.
        GitSandbox.WriteProgram(Path.Combine(folder, "h"), "#!/usr/bin/env sh\nn=$(basename \"$0\")\ns=$(dirname \"$(dirname \"$0\")\")/$n\n[ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\n");
        GitSandbox.WriteProgram(Path.Combine(folder, "pre-commit"), "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"");
        File.WriteAllText(Path.Combine(git.Root, ".husky", "pre-commit"), "echo \"husky $BUILDGUARD_LEASE\" >&2\n");
        git.Git("config", "core.hooksPath", ".husky/_").Succeeds();
        string[] before = GitSandbox.Photograph(folder);

        // From below the root: the path is relative to the root all the same.
        string below = Directory.CreateDirectory(Path.Combine(git.Root, "a", "b")).FullName;
        Assert.AreEqual(0, git.GuardIn(below, "hooks", "install").ExitCode);
        StringAssert.StartsWith(git.Commit().Succeeds().Error, "husky user/");
        git.Guard("hooks", "remove");
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(folder));
    }

    [TestMethod]
    public void A_folder_of_hooks_that_others_share_is_not_touched_unasked()
    {
        using var git = new GitSandbox();
        string shared = Directory.CreateDirectory(Path.Combine(git.Home, "hooks")).FullName;
        string hook = GitSandbox.WriteProgram(Path.Combine(shared, "pre-commit"), "#!/bin/sh\necho shared >&2\n");
        File.AppendAllText(git.GlobalConfiguration, "[core]\n\thooksPath = ~/hooks\n");
        string[] before = GitSandbox.Photograph(shared);

        Result refused = git.Guard("hooks", "install");
        Assert.AreEqual(125, refused.ExitCode);
        StringAssert.Contains(refused.ErrorLine, $"BG0020: the git hooks were left alone: core.hooksPath (global configuration) names {shared}, outside this repository");
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(shared));

        Assert.AreEqual(0, git.Guard("hooks", "install", "--shared").ExitCode);
        Assert.AreEqual("shared\n", git.Commit().Succeeds().Error);
        Assert.HasCount(1, git.Turns);
        Assert.AreEqual(0, git.Guard("hooks", "remove", "--shared").ExitCode);
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(shared));
        Assert.IsTrue(File.Exists(hook));
    }

    [TestMethod]
    [DataRow("/dev/null")]
    [DataRow("")]
    [DataRow("README")]
    public void Where_hooks_are_switched_off_nothing_is_installed_and_the_command_is_named_that_changes_it(string value)
    {
        using var git = new GitSandbox();
        File.WriteAllText(Path.Combine(git.Root, "README"), "");
        git.Guard("hooks", "install");
        string[] before = GitSandbox.Photograph(git.Hooks);
        string path = value == "README" ? Path.Combine(git.Root, value) : value;
        string own = $"git config core.hooksPath '{git.Hooks}'";
        foreach ((string scope, string remedy) in ((string, string)[])[("global", $"git config --global --unset-all core.hooksPath; or for this repository alone: {own}"), ("local", "git config --local --unset-all core.hooksPath")])
        {
            git.Git("config", $"--{scope}", "core.hooksPath", value).Succeeds();
            string reason = $"hooks are switched off by core.hooksPath={path} ({scope} configuration)";
            foreach (string[] line in (string[][])[["install"], ["install", "--shared"]])
            {
                Result refused = git.Guard(["hooks", .. line]);
                Assert.AreEqual(125, refused.ExitCode);
                StringAssert.Contains(refused.ErrorLine, $"BG0020: the git hooks were left alone: {reason}. Remedy: {remedy} [");
            }

            Assert.AreEqual($"None is run: {reason}. To switch them on: {remedy}\n", git.Guard("hooks", "status").Output);
            Assert.IsTrue(git.Guard("hooks", "status", "--json").Json.GetProperty("switchedOff").GetBoolean());
            StringAssert.Contains(git.Guard("init", "--dry-run").Output, $"Note: {reason}; to have them wait for the turn: {remedy}, then 'buildguard hooks install'\n");
            StringAssert.Contains(git.Guard("doctor").Output, $"  git hooks: {reason}; to switch them on: {remedy}\n");
        }

        CollectionAssert.AreEqual(before, GitSandbox.Photograph(git.Hooks));

        // To take the guard out needs nobody to run them. Then there is nothing more to take out.
        Assert.AreEqual(0, git.Guard("hooks", "remove").ExitCode);
        Assert.IsFalse(File.Exists(Path.Combine(git.Hooks, "pre-commit")));
        StringAssert.Contains(git.Guard("hooks", "remove").ErrorLine, "BG0020: the git hooks were left alone: hooks are switched off");

        // What it says does it: in this repository alone, or everywhere.
        git.Git("config", "--local", "--unset-all", "core.hooksPath").Succeeds();
        git.Git("config", "core.hooksPath", git.Hooks).Succeeds();
        git.Guard("hooks", "install");
        git.Commit().Succeeds();
        Assert.HasCount(1, git.Turns);
    }

    /// <summary>What <c>git config --local</c> does not reach.</summary>
    [TestMethod]
    [DataRow("local")]
    [DataRow("global")]
    public void A_file_that_another_includes_is_named_in_the_remedy_and_the_remedy_does_it(string scope)
    {
        using var git = new GitSandbox();
        string included = Path.Combine(git.Home, "it's included");
        File.WriteAllText(included, "[core]\n\thooksPath = /dev/null\n");
        git.Git("config", $"--{scope}", "include.path", included).Succeeds();
        const string Begin = "Remedy: ";
        string line = git.Guard("hooks", "install").ErrorLine;
        string remedy = line[(line.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)..line.LastIndexOf(" [", StringComparison.Ordinal)].Split("; or")[0];
        Assert.AreEqual($"git config --file '{included.Replace("'", "'\\''", StringComparison.Ordinal)}' --unset-all core.hooksPath", remedy);
        Assert.AreEqual(0, git.Run(git.Root, ["sh", "-c", remedy], []).ExitCode);
        Assert.AreEqual(0, git.Guard("hooks", "install").ExitCode);
        git.Commit().Succeeds();
        Assert.HasCount(1, git.Turns);
    }

    /// <summary>The repository is another user's, as in a container that mounts it.</summary>
    [TestMethod]
    public void What_git_proposes_for_a_repository_of_another_user_is_passed_on()
    {
        using var git = new GitSandbox();
        (string, string)[] foreign = [("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")];
        string[] before = InitTests.Everything(git.Root);
        string proposed = $"Remedy: if it is to be trusted: git config --global --add safe.directory {git.Root} [";
        foreach ((string words, string[] line) in ((string, string[])[])
            [
                ("BG0020: the git hooks were left alone: fatal: detected dubious ownership", ["hooks", "install"]),
                ("BG0020: the git hooks cannot be looked at: fatal: detected dubious ownership", ["hooks", "status"]),
                ("BG0022: the repository was not changed, or not whole: git does not say what is of the repository here: fatal: detected dubious ownership", ["init", "--yes"]),
            ])
        {
            Result refused = git.Run(git.Root, [.. Helper.Program, .. line], foreign);
            Assert.AreEqual(125, refused.ExitCode, refused.Output);
            StringAssert.Contains(refused.ErrorLine, words);
            StringAssert.Contains(refused.ErrorLine, proposed);
        }

        CollectionAssert.AreEqual(before, InitTests.Everything(git.Root));

        // Whoever only looks is told, too, and what needs no git is looked at.
        File.WriteAllText(Path.Combine(git.Root, "a.csproj"), "<Project><ItemGroup><PackageReference Include=\"BuildGuard\" Version=\"0.0.1\" /></ItemGroup></Project>");
        string below = Directory.CreateDirectory(Path.Combine(git.Root, "below")).FullName;
        Result doctor = git.Run(below, [.. Helper.Program, "doctor"], foreign);
        Assert.AreEqual(1, doctor.ExitCode);
        StringAssert.Contains(doctor.Output, "  git hooks: not looked at: fatal: detected dubious ownership");
        StringAssert.Contains(doctor.Output, "  BG0020: the git hooks cannot be looked at: fatal: detected dubious ownership");
        StringAssert.Contains(doctor.Output, $"git config --global --add safe.directory {git.Root}\n");
        StringAssert.Contains(doctor.Output, "BG0018: a.csproj references BuildGuard 0.0.1");
    }

    [TestMethod]
    public void Without_git_init_says_so_instead_of_taking_the_folder_for_all_there_is()
    {
        using GitSandbox git = InitTests.Repository();
        string bin = Directory.CreateDirectory(Path.Combine(git.Elsewhere, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(bin, "dotnet"), HooksTests.Find("dotnet"));
        Result refused = git.Run(Path.Combine(git.Root, "tests"), ["/bin/sh", "-c", $"PATH='{bin}' exec {string.Join(' ', Helper.Program)} init --yes"], []);
        Assert.AreEqual(125, refused.ExitCode, refused.Output);
        StringAssert.Contains(refused.ErrorLine, "git does not say what is of the repository here: git cannot be started");
        StringAssert.Contains(refused.ErrorLine, "Remedy: install git [");
    }

    /// <summary>Where they are is known, whatever git was told since.</summary>
    [TestMethod]
    [DataRow("/dev/null")]
    [DataRow(".githooks")]
    [DataRow("ELSEWHERE/hooks")]
    public void An_undo_of_init_takes_the_guard_out_of_the_hooks_that_it_was_put_into(string now)
    {
        using var git = new GitSandbox();
        string own = GitSandbox.WriteProgram(Path.Combine(git.Hooks, "pre-commit"), "#!/usr/bin/env python3\n");
        string[] before = GitSandbox.Photograph(git.Hooks);
        Assert.AreEqual(0, git.Guard("init", "--yes").ExitCode);
        string folder = now.Replace("ELSEWHERE", git.Elsewhere, StringComparison.Ordinal);
        if (now != "/dev/null")
        {
            GitSandbox.WriteProgram(Path.Combine(git.Root, folder, "pre-commit"), "#!/bin/sh\n");
        }

        git.Git("config", "core.hooksPath", folder).Succeeds();
        StringAssert.Contains(git.Guard("init", "--undo", "--dry-run").Output, $"as they were before  {git.Hooks}\n");
        Result undone = git.Guard("init", "--undo", "--yes");
        Assert.AreEqual(0, undone.ExitCode, undone.Output);
        StringAssert.Contains(undone.Output, $"as they were before  {git.Hooks}\n");
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(git.Hooks));
        Assert.IsTrue(File.Exists(own));
        Assert.IsFalse(Directory.Exists(Path.Combine(git.Root, ".buildguard")));
    }

    [TestMethod]
    public void An_undo_of_init_finds_the_hooks_of_each_folder_that_it_was_put_into()
    {
        using var git = new GitSandbox();
        string folder = Path.Combine(git.Root, ".githooks");
        GitSandbox.WriteProgram(Path.Combine(folder, "pre-push"), "#!/bin/sh\n");
        string[] before = InitTests.Everything(git.Root);
        git.Git("config", "core.hooksPath", ".githooks").Succeeds();
        Assert.AreEqual(0, git.Guard("init", "--yes").ExitCode);
        git.Git("config", "--unset", "core.hooksPath").Succeeds();
        Assert.AreEqual(0, git.Guard("init", "--yes").ExitCode);
        StringAssert.Contains(File.ReadAllText(Path.Combine(folder, "pre-push")), "buildguard");
        Assert.IsTrue(File.Exists(Path.Combine(git.Hooks, "pre-push")));

        Result undone = git.Guard("init", "--undo", "--yes");
        Assert.AreEqual(0, undone.ExitCode, undone.Output);
        CollectionAssert.AreEqual(before, InitTests.Everything(git.Root));
    }

    [TestMethod]
    public void An_undo_of_init_from_another_working_tree_of_the_repository_finds_the_hooks_that_all_share()
    {
        using var git = new GitSandbox();
        git.Commit().Succeeds();
        string other = Path.Combine(git.Elsewhere, "other");
        git.Git("worktree", "add", "-q", other).Succeeds();
        string[] before = GitSandbox.Photograph(git.Hooks);
        Assert.AreEqual(0, git.GuardIn(other, "init", "--yes").ExitCode);
        StringAssert.Contains(File.ReadAllText(Path.Combine(other, ".buildguard/init.json")), "\".git/hooks/pre-commit\"");
        git.Git("config", "core.hooksPath", "/dev/null").Succeeds();
        Assert.AreEqual(0, git.GuardIn(other, "init", "--undo", "--yes").ExitCode);
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(git.Hooks));
    }

    /// <summary>The record comes with a clone, and one of before the folder was known does not have it.</summary>
    [TestMethod]
    [DataRow("../outside/pre-commit", false)]
    [DataRow("link/pre-commit", false)]
    [DataRow(".git/../../outside/pre-commit", false)]
    [DataRow("pre-commit", true)]
    public void A_record_of_hooks_is_believed_of_the_repository_alone(string recorded, bool isTaken)
    {
        using var git = new GitSandbox();
        string outside = Path.Combine(git.Elsewhere, "outside");
        Directory.CreateDirectory(outside);
        Directory.CreateSymbolicLink(Path.Combine(git.Root, "link"), outside);
        git.Git("config", "core.hooksPath", outside).Succeeds();
        git.Guard("hooks", "install", "--shared");
        git.Git("config", "--unset", "core.hooksPath").Succeeds();
        git.Guard("hooks", "install");
        string[] before = GitSandbox.Photograph(outside);
        Directory.CreateDirectory(Path.Combine(git.Root, ".buildguard"));
        File.WriteAllText(Path.Combine(git.Root, ".buildguard/init.json"), $$"""{"schemaVersion":1,"hooks":["{{recorded}}"],"files":[]}""");

        Result undone = git.Guard("init", "--undo", "--yes");
        Assert.AreEqual(isTaken ? 0 : 1, undone.ExitCode, undone.Output);
        Assert.AreEqual(!isTaken, File.Exists(Path.Combine(git.Hooks, "pre-commit")));
        Assert.AreEqual(!isTaken, undone.Output.Contains("is no folder of this repository", StringComparison.Ordinal), undone.Output);
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(outside));
    }

    [TestMethod]
    public void Hooks_that_git_does_not_run_any_more_are_shown_and_removed_too()
    {
        using var git = new GitSandbox();
        string[] before = GitSandbox.Photograph(git.Hooks);
        git.Guard("hooks", "install");
        string folder = Path.Combine(git.Root, ".githooks");
        GitSandbox.WriteProgram(Path.Combine(folder, "pre-commit"), "#!/bin/sh\n");
        git.Git("config", "core.hooksPath", ".githooks").Succeeds();

        string status = git.Guard("hooks", "status").Output;
        StringAssert.Contains(status, $"pre-commit: not guarded ({folder}/pre-commit)\n");
        StringAssert.Contains(status, $"pre-commit: guarded ({git.Hooks}/pre-commit); not run: core.hooksPath names {folder}; 'buildguard hooks remove' makes it what it was\n");
        Assert.AreEqual(4, git.Guard("hooks", "status", "--json").Json.GetProperty("hooks").GetArrayLength());

        StringAssert.Contains(git.Guard("hooks", "remove").Output, $"pre-push: as it was before ({git.Hooks}/pre-push)\n");
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(git.Hooks));
        Assert.AreEqual(2, git.Guard("hooks", "status", "--json").Json.GetProperty("hooks").GetArrayLength());

        // Those of a folder that others share are not asked for.
        git.Git("config", "--unset", "core.hooksPath").Succeeds();
        git.Guard("hooks", "install");
        git.Git("config", "core.hooksPath", git.Elsewhere).Succeeds();
        Assert.AreEqual(0, git.Guard("hooks", "remove").ExitCode);
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(git.Hooks));
    }

    [TestMethod]
    public void Hooks_under_version_control_are_said_to_be()
    {
        using var git = new GitSandbox();
        GitSandbox.WriteProgram(Path.Combine(git.Root, "tools", "hooks", "pre-commit"), "#!/bin/sh\n");
        git.Git("add", ".").Succeeds();
        git.Git("config", "core.hooksPath", "tools/hooks").Succeeds();
        StringAssert.Contains(git.Guard("hooks", "install").Output, "tools/hooks/pre-commit is under version control: the change shows in git status");
    }
}
