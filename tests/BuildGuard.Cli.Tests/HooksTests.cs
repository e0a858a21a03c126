namespace BuildGuard.Cli.Tests;

/// <summary>Hooks of git wait for the turn, whatever was there before; and it is all there again afterwards.</summary>
[TestClass]
public sealed class HooksTests
{
    [TestMethod]
    [DataRow("repository")]
    [DataRow("it's a \"größer\" $HOME repo")]
    public void Where_there_were_none_a_commit_and_a_push_wait_for_the_turn(string name)
    {
        using var git = new GitSandbox(name);
        string[] before = GitSandbox.Photograph(git.Hooks);

        Result installed = git.Guard("hooks", "install");
        Assert.AreEqual(0, installed.ExitCode, installed.Error);
        StringAssert.StartsWith(installed.Output, $"pre-commit: guarded now ({git.Hooks}/pre-commit)\n");
        git.Commit().Succeeds();
        Push(git).Succeeds();
        CollectionAssert.AreEqual((string[])["git pre-commit", "git pre-push"], git.Turns);

        Assert.AreEqual(0, git.Guard("hooks", "remove").ExitCode);
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(git.Hooks));
        git.Commit("second").Succeeds();
        Assert.HasCount(2, git.Turns);
    }

    [TestMethod]
    [DataRow("#!/bin/sh -eu\n", "echo \"$0|$#|${BUILDGUARD_LEASE-}|${_BUILDGUARD_HOOK-}|$(env | grep -c ^GIT_)\"; cat", "")]
    [DataRow("#!/usr/bin/env bash\n", "echo \"$0|$#|${BUILDGUARD_LEASE-}|${_BUILDGUARD_HOOK-}|$(env | grep -c ^GIT_)\"; cat", "")]
    [DataRow("#!/usr/bin/perl\n", "$n = grep /^GIT_/, keys %ENV; print \"$0|\" . @ARGV . \"|$ENV{BUILDGUARD_LEASE}||$n\\n\"; print while <STDIN>;", "/../hooks.buildguard")]
    public void A_hook_runs_as_before_under_the_guard(string shebang, string body, string aside)
    {
        using var git = new GitSandbox();
        GitSandbox.WriteProgram(Path.Combine(git.Hooks, "pre-push"), shebang + body + "\n# \u00ff\u00fe no text");
        string[] before = GitSandbox.Photograph(git.Hooks);
        git.Commit().Succeeds();
        string[] plain = Push(git).Succeeds().Output.Split('\n')[0].Split('|');

        git.Guard("hooks", "install");
        string[] installed = GitSandbox.Photograph(git.Hooks);
        git.Guard("hooks", "install");
        CollectionAssert.AreEqual(installed, GitSandbox.Photograph(git.Hooks), "the second time changed something");
        GitResult push = Push(git, "other").Succeeds();
        string[] guarded = push.Output.Split('\n')[0].Split('|');
        Assert.AreEqual(Path.GetFileName(plain[0]), Path.GetFileName(guarded[0]));
        StringAssert.EndsWith(Path.GetDirectoryName(guarded[0]), ".git/hooks" + aside);
        CollectionAssert.AreEqual((string[])["2", "", plain[4]], (string[])[guarded[1], guarded[3], guarded[4]]);
        StringAssert.StartsWith(guarded[2], "user/");
        StringAssert.StartsWith(push.Output.Split('\n')[1], "HEAD ", "the refs on standard input");

        Assert.AreEqual(0, git.Guard("hooks", "remove").ExitCode);
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(git.Hooks));
        Assert.IsFalse(Directory.Exists(git.Hooks + ".buildguard"));
    }

    [TestMethod]
    public void A_hook_that_fails_stops_the_commit_with_its_own_words()
    {
        using var git = new GitSandbox();
        GitSandbox.WriteProgram(Path.Combine(git.Hooks, "pre-commit"), "#!/bin/sh\necho 'not like this' >&2; exit 3\n");
        git.Guard("hooks", "install");
        GitResult refused = git.Commit();
        Assert.AreEqual(1, refused.ExitCode);
        Assert.AreEqual("not like this\n", refused.Error);
    }

    [TestMethod]
    public void A_link_and_what_git_passes_by_come_back_as_they_were()
    {
        using var git = new GitSandbox();
        string script = GitSandbox.WriteProgram(Path.Combine(git.Root, "check.sh"), "#!/bin/sh\necho \"linked $(basename \"$0\") $BUILDGUARD_LEASE\" >&2\n");
        byte[] content = File.ReadAllBytes(script);
        File.CreateSymbolicLink(Path.Combine(git.Hooks, "pre-commit"), "../../check.sh");
        File.WriteAllText(Path.Combine(git.Hooks, "pre-push"), "#!/bin/sh\nexit 1\n");
        string[] before = GitSandbox.Photograph(git.Hooks);

        git.Guard("hooks", "install");
        StringAssert.StartsWith(git.Commit().Succeeds().Error, "linked pre-commit user/");
        Push(git).Succeeds();
        CollectionAssert.AreEqual(content, File.ReadAllBytes(script), "what a link leads to was changed");

        git.Guard("hooks", "remove");
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(git.Hooks));
    }

    [TestMethod]
    public void What_somebody_edited_is_kept_and_said()
    {
        using var git = new GitSandbox();
        string hook = GitSandbox.WriteProgram(Path.Combine(git.Hooks, "pre-commit"), "#!/bin/sh\necho one\n");
        git.Guard("hooks", "install");

        // Outside our lines everything is the user's.
        File.AppendAllText(hook, "echo two\n");
        File.AppendAllText(Path.Combine(git.Hooks, "pre-push"), "echo three\n");
        Assert.AreEqual(0, git.Guard("hooks", "remove").ExitCode);
        Assert.AreEqual("#!/bin/sh\necho one\necho two\n", File.ReadAllText(hook));
        StringAssert.EndsWith(File.ReadAllText(Path.Combine(git.Hooks, "pre-push")), "echo three\n");

        git.Guard("hooks", "install");
        string edited = File.ReadAllText(hook).Replace("exec", "exec nice", StringComparison.Ordinal);
        File.WriteAllText(hook, edited);
        foreach (string action in (string[])["install", "remove"])
        {
            Result kept = git.Guard("hooks", action);
            Assert.AreEqual(1, kept.ExitCode);
            StringAssert.StartsWith(kept.Output, $"pre-commit: left as it is ({hook}); the lines of the guard in it were edited");
            Assert.AreEqual(edited, File.ReadAllText(hook));
        }

        Assert.AreEqual("edited", git.Guard("hooks", "status", "--json").Json.GetProperty("hooks")[0].GetProperty("state").GetString());
    }

    [TestMethod]
    public void A_hook_that_was_replaced_does_not_cost_the_one_set_aside()
    {
        using var git = new GitSandbox();
        string hook = GitSandbox.WriteProgram(Path.Combine(git.Hooks, "pre-commit"), "#!/usr/bin/perl\n");
        git.Guard("hooks", "install");
        GitSandbox.WriteProgram(hook, "#!/usr/bin/python3\n");
        foreach (string action in (string[])["install", "remove"])
        {
            Result kept = git.Guard("hooks", action);
            Assert.AreEqual(1, kept.ExitCode, kept.Output);
            StringAssert.Contains(kept.Output.Split('\n')[0], $"{git.Hooks}.buildguard/pre-commit");
        }

        Assert.AreEqual("#!/usr/bin/python3\n", File.ReadAllText(hook));
        Assert.AreEqual("#!/usr/bin/perl\n", File.ReadAllText($"{git.Hooks}.buildguard/pre-commit"));
    }

    [TestMethod]
    public void Where_an_installation_ended_halfway_the_next_goes_on()
    {
        using var git = new GitSandbox();
        const string Text = "#!/usr/bin/perl\n";
        string hook = GitSandbox.WriteProgram(Path.Combine(git.Hooks, "pre-commit"), Text);

        // Set aside, and not yet replaced.
        GitSandbox.WriteProgram($"{git.Hooks}.buildguard/pre-commit", Text);
        Assert.AreEqual(0, git.Guard("hooks", "install").ExitCode);
        StringAssert.StartsWith(File.ReadAllText(hook), "#!/bin/sh\n");
        git.Guard("hooks", "remove");
        Assert.AreEqual(Text, File.ReadAllText(hook));
        Assert.IsFalse(Directory.Exists(git.Hooks + ".buildguard"));

        GitSandbox.WriteProgram($"{git.Hooks}.buildguard/pre-commit", Text);
        Assert.AreEqual(0, git.Guard("hooks", "remove").ExitCode);
        Assert.AreEqual(Text, File.ReadAllText(hook));
        Assert.IsFalse(Directory.Exists(git.Hooks + ".buildguard"));
    }

    [TestMethod]
    public void Several_installations_at_once_lose_nothing()
    {
        using var git = new GitSandbox();
        GitSandbox.WriteProgram(Path.Combine(git.Hooks, "pre-commit"), "#!/usr/bin/perl\n");
        GitSandbox.WriteProgram(Path.Combine(git.Hooks, "pre-push"), "#!/bin/sh\n");
        string[] before = GitSandbox.Photograph(git.Hooks);
        var installations = Enumerable.Range(0, 6).Select(_ => git.Start(git.Root, [.. Helper.Program, "hooks", "install"], [])).ToList();
        installations.ForEach(installation => GitSandbox.Finish(installation));
        Assert.AreEqual(0, git.Guard("hooks", "install").ExitCode);
        git.Guard("hooks", "remove");
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(git.Hooks));
    }

    [TestMethod]
    public void Beside_the_pre_commit_framework()
    {
        using var git = new GitSandbox();

        // As it writes it: the hook says where it stands, and there the one is looked for that was there before it.
        GitSandbox.WriteProgram(
            Path.Combine(git.Hooks, "pre-commit"),
            "#!/usr/bin/env bash\n# ID: 138fd403232d2ddd5efb44317e38bf03\nHERE=\"$(cd \"$(dirname \"$0\")\" && pwd)\"\nARGS=(--hook-dir \"$HERE\" -- \"$@\")\necho \"${ARGS[@]}\" >&2\nexec \"$HERE/pre-commit.legacy\"\n");
        GitSandbox.WriteProgram(Path.Combine(git.Hooks, "pre-commit.legacy"), "#!/bin/sh\necho \"legacy $BUILDGUARD_LEASE\" >&2\n");
        git.Guard("hooks", "install");
        string[] said = git.Commit().Succeeds().Error.Split('\n');
        Assert.AreEqual($"--hook-dir {git.Hooks} --", said[0]);
        StringAssert.StartsWith(said[1], "legacy user/");

        // Installed after us it moves our hook aside in its own way, and runs it.
        git.Guard("hooks", "remove");
        File.Delete(Path.Combine(git.Hooks, "pre-commit"));
        File.Delete(Path.Combine(git.Hooks, "pre-commit.legacy"));
        git.Guard("hooks", "install");
        File.Move(Path.Combine(git.Hooks, "pre-commit"), Path.Combine(git.Hooks, "pre-commit.legacy"));
        GitSandbox.WriteProgram(Path.Combine(git.Hooks, "pre-commit"), "#!/bin/sh\nexec \"$(dirname \"$0\")/pre-commit.legacy\"\n");
        Assert.AreEqual("unguarded", StateOf(git.Guard("hooks", "status", "--json"), 0));
        git.Guard("hooks", "install");
        git.Commit("second").Succeeds();
        Assert.HasCount(3, git.Turns);
    }

    /// <summary>What <c>pre-commit install</c> does with a hook that is there before its own: it moves it, and runs it from there.</summary>
    [TestMethod]
    [DataRow(null)]
    [DataRow("#!/bin/sh\necho mine >&2\n")]
    [DataRow("#!/usr/bin/perl\nprint STDERR \"mine\\n\";\n")]
    public void What_the_pre_commit_framework_moved_is_shown_and_taken_out(string? mine)
    {
        using var git = new GitSandbox();
        string hook = Path.Combine(git.Hooks, "pre-commit"), moved = hook + ".legacy";
        if (mine is not null)
        {
            GitSandbox.WriteProgram(hook, mine);
        }

        string[] before = GitSandbox.Photograph(git.Hooks);
        git.Guard("hooks", "install");
        File.Move(hook, moved);
        GitSandbox.WriteProgram(hook, "#!/usr/bin/env bash\n[ ! -x \"$0.legacy\" ] || exec \"$0.legacy\"\n");
        git.Commit().Succeeds();
        Assert.HasCount(1, git.Turns);

        string shown = $"pre-commit.legacy: guarded ({moved}); moved there, as 'pre-commit install' does, and run by the pre-commit in its place";
        StringAssert.Contains(git.Guard("hooks", "status").Output, shown);
        StringAssert.Contains(git.Guard("doctor").Output, "pre-commit.legacy guarded (moved there, as 'pre-commit install' does");
        Assert.AreEqual("unguarded", StateOf(git.Guard("hooks", "status", "--json"), 0));

        // In the framework's own hook, too, and out of both.
        git.Guard("hooks", "install");
        Assert.AreEqual("guarded", StateOf(git.Guard("hooks", "status", "--json"), 0));
        Result removed = git.Guard("hooks", "remove");
        Assert.AreEqual(0, removed.ExitCode, removed.Output);
        StringAssert.Contains(removed.Output, $"pre-commit.legacy: as it was before ({moved})\n");
        Assert.DoesNotContain("legacy", git.Guard("hooks", "status").Output);
        Assert.AreEqual(mine is null ? "" : "mine\n", git.Commit("second").Succeeds().Error);
        Assert.HasCount(1, git.Turns);

        // As after 'pre-commit uninstall'.
        File.Delete(hook);
        if (mine is not null)
        {
            File.Move(moved, hook);
        }

        CollectionAssert.AreEqual(before, GitSandbox.Photograph(git.Hooks));
        Assert.IsFalse(Directory.Exists(git.Hooks + ".buildguard"));
    }

    [TestMethod]
    public void What_was_moved_and_edited_is_kept_and_said()
    {
        using var git = new GitSandbox();
        string hook = Path.Combine(git.Hooks, "pre-commit"), moved = hook + ".legacy";
        git.Guard("hooks", "install");
        File.Move(hook, moved);
        File.WriteAllText(moved, File.ReadAllText(moved).Replace("exec", "exec nice", StringComparison.Ordinal));
        Result kept = git.Guard("hooks", "remove");
        Assert.AreEqual(1, kept.ExitCode);
        StringAssert.Contains(kept.Output, $"pre-commit.legacy: left as it is ({moved}); the lines of the guard in it were edited");
        Assert.IsTrue(File.Exists(moved));
    }

    [TestMethod]
    public void In_another_working_tree_and_in_a_submodule()
    {
        using var git = new GitSandbox();
        git.Commit().Succeeds();
        string tree = Path.Combine(git.Elsewhere, "tree");
        git.Git("worktree", "add", "-q", tree).Succeeds();
        Assert.AreEqual(0, git.GuardIn(tree, "hooks", "install").ExitCode);
        git.Commit("there", tree).Succeeds();
        git.Commit("here").Succeeds();
        Assert.HasCount(2, git.Turns, "working trees share their hooks");

        string outer = Path.Combine(git.Elsewhere, "outer");
        git.Git("init", "-q", outer).Succeeds();
        git.GitIn(outer, [], "submodule", "--quiet", "add", git.Root, "inner").Succeeds();
        string inner = Path.Combine(outer, "inner");
        Result installed = git.GuardIn(inner, "hooks", "install");
        StringAssert.Contains(installed.Output, $"{outer}/.git/modules/inner/hooks/pre-commit");
        git.Commit("below", inner).Succeeds();
        Assert.HasCount(3, git.Turns);
        Assert.IsFalse(File.Exists(Path.Combine(outer, ".git", "hooks", "pre-commit")));
    }

    [TestMethod]
    public void Without_the_program_the_hook_runs_and_one_line_says_so()
    {
        using var git = new GitSandbox();
        string hook = GitSandbox.WriteProgram(Path.Combine(git.Hooks, "pre-commit"), "#!/bin/sh\necho original >&2\n");
        git.Guard("hooks", "install");
        string gone = Path.Combine(git.Elsewhere, "gone");
        File.WriteAllText(hook, File.ReadAllText(hook).Replace(Helper.Program[0] == "dotnet" ? Path.Combine(AppContext.BaseDirectory, "buildguard.dll") : Helper.Program[0], gone, StringComparison.Ordinal));

        string[] said = git.Commit().Succeeds().Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(2, said);
        StringAssert.StartsWith(said[0], "buildguard: it is neither ");
        StringAssert.EndsWith(said[0], "nor in PATH, so the hook pre-commit runs unguarded; 'buildguard hooks install' records where it is");
        Assert.AreEqual("original", said[1]);
        Assert.IsEmpty(git.Turns);

        // Another one, of the path.
        string bin = Path.Combine(git.Elsewhere, "bin");
        GitSandbox.WriteProgram(Path.Combine(bin, "buildguard"), $"#!/bin/sh\nexec {string.Join(' ', Helper.Program)} \"$@\"\n");
        GitResult found = git.Commit("second", null, ("PATH", bin + ":" + Environment.GetEnvironmentVariable("PATH"))).Succeeds();
        Assert.AreEqual("original\n", found.Error);
        Assert.HasCount(1, git.Turns);
    }

    /// <summary>Git passes a link by that leads nowhere, or in a circle.</summary>
    [TestMethod]
    [DataRow("/nonexistent")]
    [DataRow("pre-push")]
    public void A_link_that_leads_nowhere_comes_back_as_it_was(string target)
    {
        using var git = new GitSandbox();
        File.CreateSymbolicLink(Path.Combine(git.Hooks, "pre-push"), target);

        Result installed = git.Guard("hooks", "install");
        Assert.AreEqual(0, installed.ExitCode, installed.Error);
        Assert.IsNull(new FileInfo(Path.Combine(git.Hooks, "pre-push")).LinkTarget);
        Assert.AreEqual(0, git.Commit().ExitCode);

        Result removed = git.Guard("hooks", "remove");
        Assert.AreEqual(0, removed.ExitCode, removed.Error);
        Assert.AreEqual(target, new FileInfo(Path.Combine(git.Hooks, "pre-push")).LinkTarget);
        Assert.IsFalse(Path.Exists(Path.Combine(git.Hooks, "pre-commit")));
    }

    [TestMethod]
    public void Where_nothing_can_be_done_one_line_says_why()
    {
        using var git = new GitSandbox();
        Result none = git.GuardIn(git.Home, "hooks", "install");
        Assert.AreEqual(125, none.ExitCode);
        StringAssert.Contains(none.ErrorLine, "BG0020: the git hooks were left alone: fatal: not a git repository");

        // The runtime of the program is all that is on the path.
        string bin = Directory.CreateDirectory(Path.Combine(git.Elsewhere, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(bin, "dotnet"), Find("dotnet"));
        Result noGit = git.Run(git.Root, ["/bin/sh", "-c", $"PATH='{bin}' exec {string.Join(' ', Helper.Program)} hooks status"], []);
        Assert.AreEqual(125, noGit.ExitCode);
        StringAssert.Contains(noGit.ErrorLine, "BG0020: the git hooks cannot be looked at: git cannot be started");
        StringAssert.Contains(noGit.ErrorLine, "install git");

        // Where not even root can write.
        git.Git("config", "core.hooksPath", "/proc/fs").Succeeds();
        Result readOnly = git.Guard("hooks", "install", "--shared");
        Assert.AreEqual(125, readOnly.ExitCode);
        StringAssert.Contains(readOnly.ErrorLine, "BG0020: the git hooks were left alone: the hooks in /proc/fs cannot be changed");
    }

    private static GitResult Push(GitSandbox git, string branch = "x")
    {
        string remote = Path.Combine(git.Elsewhere, "remote");
        git.Git("init", "-q", "--bare", remote).Succeeds();
        return git.Git("push", "-q", remote, "HEAD:refs/heads/" + branch);
    }

    internal static string Find(string program) => FindOrNone(program)!;

    internal static string? FindOrNone(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string? StateOf(Result status, int hook) => status.Json.GetProperty("hooks")[hook].GetProperty("state").GetString();
}
