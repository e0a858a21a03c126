using System.Text.Json;
using BuildGuard.Cli.Init;

namespace BuildGuard.Cli.Tests;

/// <summary>The guard is put into a repository, nothing that is there is changed but by a line, and all of it is taken back.</summary>
[TestClass]
public sealed class InitTests
{
    private const string TestProject = """
        <Project Sdk="Microsoft.NET.Sdk">
            <ItemGroup>
                <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.0.0" />
                <PackageReference Include="xunit.v3" Version="3.0.0" />
            </ItemGroup>
        </Project>

        """;

    private static readonly string Own = CommandLine.CommandTree.Version;

    [TestMethod]
    public void An_undo_with_nothing_to_take_back_says_so()
    {
        using GitSandbox git = Repository();
        string[] before = Everything(git.Root);
        Result first = git.Guard("init", "--undo", "--yes");
        Assert.AreEqual(0, first.ExitCode, first.Error);
        Assert.AreEqual($"Nothing to do in {git.Root}.\n", first.Output);

        Assert.AreEqual(0, git.Guard("init", "--yes").ExitCode);
        Assert.AreEqual(0, git.Guard("init", "--undo", "--yes").ExitCode);
        Assert.AreEqual($"Nothing to do in {git.Root}.\n", git.Guard("init", "--undo", "--yes").Output);
        CollectionAssert.AreEqual(before, Everything(git.Root));
    }

    [TestMethod]
    public void A_dry_run_changes_nothing_and_an_undo_leaves_nothing()
    {
        using GitSandbox git = Repository();
        string[] before = Everything(git.Root);

        Result planned = git.Guard("init", "--dry-run", "--ci", "gitlab", "--ci", "azure", "--ci", "github");
        Assert.AreEqual(0, planned.ExitCode, planned.Error);
        StringAssert.StartsWith(planned.Output, $"To be done in {git.Root}:\n");
        CollectionAssert.AreEqual(before, Everything(git.Root));

        Result done = git.Guard("init", "--yes", "--json", "--ci", "gitlab", "--ci", "azure", "--ci", "github");
        Assert.AreEqual(0, done.ExitCode, done.Error);
        string[] paths = [.. done.Json.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("path").GetString()!)];
        CollectionAssert.AreEqual(
            (string[])
            [
                "Directory.Build.props", "buildguard.json", "buildguard.mk", ".runsettings", "tests/xunit.runner.json", "tests/tests.csproj", "pytest.ini",
                ".gitlab/buildguard.gitlab-ci.yml", ".azure-pipelines/buildguard.yml", ".github/workflows/buildguard.yml", ".buildguard/init.json", git.Hooks,
            ],
            paths.OrderBy(path => Array.IndexOf((string[])[".gitlab/buildguard.gitlab-ci.yml", ".azure-pipelines/buildguard.yml", ".github/workflows/buildguard.yml", ".buildguard/init.json", git.Hooks], path)).ToArray());
        Assert.IsTrue(paths[..^1].All(path => File.Exists(Path.Combine(git.Root, path))));
        Assert.AreEqual("guarded", git.Guard("hooks", "status", "--json").Json.GetProperty("hooks")[0].GetProperty("state").GetString());

        // The settings are such as the guard takes.
        Assert.AreEqual(0, git.Guard("run", "--", "true").ExitCode);

        string[] once = Everything(git.Root);
        Result again = git.Guard("init", "--yes");
        StringAssert.StartsWith(again.Output, $"Nothing to do in {git.Root}.\n", again.Error);
        CollectionAssert.AreEqual(once, Everything(git.Root));

        Result undone = git.Guard("init", "--undo", "--yes");
        Assert.AreEqual(0, undone.ExitCode, undone.Output);
        CollectionAssert.AreEqual(before, Everything(git.Root));
    }

    [TestMethod]
    public void A_dry_run_shows_what_would_be_in_the_files()
    {
        using GitSandbox git = Repository();
        Write(git, "eng/Other.props", "<Project>\n  <ItemGroup>\n    <PackageReference Include=\"BuildGuard\" Version=\"0.0.1\" />\n  </ItemGroup>\n  <D />\n  <E />\n  <F />\n</Project>");
        string[] before = Everything(git.Root);

        string output = git.Guard("init", "--dry-run", "--no-hooks", "--ci", "github").Output;
        StringAssert.Contains(
            output,
            $"\n\neng/Other.props\n    <Project>\n      <ItemGroup>\n  -     <PackageReference Include=\"BuildGuard\" Version=\"0.0.1\" />\n"
            + $"  +     <PackageReference Include=\"BuildGuard\" Version=\"{Own}\" />\n      </ItemGroup>\n      <D />\n\n");
        StringAssert.Contains(output, "\n\nbuildguard.json\n  + {\n  +   \"$schema\": ");
        StringAssert.Contains(output, "\n\ntests/tests.csproj\n  …\n            <PackageReference Include=\"xunit.v3\" Version=\"3.0.0\" />\n        </ItemGroup>\n  +     <ItemGroup>\n  +         <None Update=\"xunit.runner.json\"");
        StringAssert.Contains(output, "\n  + guarded-build:\n  +     $(BUILDGUARD) run -- dotnet build tests/tests.csproj\n");
        string workflow = output[output.IndexOf("\n.github/workflows/buildguard.yml\n", StringComparison.Ordinal)..];
        StringAssert.Matches(workflow, new("^\n.github/workflows/buildguard.yml\n(  \\+.*\n){24}  … [0-9]+ more lines; --json shows them all\n"));
        CollectionAssert.AreEqual(before, Everything(git.Root));

        JsonElement[] changes = [.. git.Guard("init", "--dry-run", "--no-hooks", "--ci", "github", "--json").Json.GetProperty("changes").EnumerateArray()];
        string done = git.Guard("init", "--yes", "--no-hooks", "--ci", "github").Output;
        Assert.DoesNotContain("\n  + ", done);
        foreach (JsonElement change in changes.Where(change => change.GetProperty("path").GetString() != ".buildguard/init.json"))
        {
            Assert.AreEqual(File.ReadAllText(Path.Combine(git.Root, change.GetProperty("path").GetString()!)), change.GetProperty("content").GetString());
        }
    }

    [TestMethod]
    public void Whoever_is_asked_is_shown_it_too()
    {
        using var sandbox = new Sandbox();
        using var terminal = new ShellTerminal(sandbox);
        terminal.Line("$HELPER init");
        terminal.Await("Do it? [y/N] ");
        StringAssert.Contains(terminal.Said, "\nbuildguard.json\r\n  + {\r\n");
        terminal.Line("n");
        terminal.Await("Nothing was changed.");
        terminal.AwaitPrompt();
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "buildguard.json")));
        terminal.Line("$HELPER init; echo \"code $?\"");
        terminal.Await("Do it? [y/N] ");
        terminal.Line("n");
        terminal.Await("code 1\r\n");
        terminal.AwaitPrompt();
    }

    [TestMethod]
    public void An_undo_asks_too_and_tells_a_script_to_say_that_it_is_meant()
    {
        using GitSandbox git = Repository();
        git.Guard("init", "--yes", "--no-hooks");
        string[] before = Everything(git.Root);
        Result refused = git.Guard("init", "--undo");
        Assert.AreEqual(125, refused.ExitCode, refused.Output);
        StringAssert.Contains(refused.ErrorLine, "7 changes would be made: look at them with --dry-run, and add --yes if they are meant");
        CollectionAssert.AreEqual(before, Everything(git.Root));
        Assert.AreEqual(0, git.Guard("init", "--undo", "--dry-run").ExitCode);
        Assert.AreEqual(0, git.Guard("init", "--undo", "--yes").ExitCode);
    }

    /// <summary>What is the same in both is not all that is shown of them.</summary>
    [TestMethod]
    public void A_long_line_is_shown_where_it_becomes_another()
    {
        string begin = "<Project>" + new string('\u00e4', 400), end = new string('x', 100) + "</Project>";
        string[] shown = [.. FileDiff.Of(new FileChange("a.csproj", Programs.ByteText.Of($"{begin}0.0.1{end}"), Programs.ByteText.Of($"{begin}0.1.0{end}"), ""))];
        StringAssert.StartsWith(shown[0], "- …" + new string('\u00e4', 29) + "0.0.1xxx");
        StringAssert.StartsWith(shown[1], "+ …" + new string('\u00e4', 29) + "0.1.0xxx");
    }

    /// <summary>Whoever opens a pipe waits for somebody at its other end.</summary>
    [TestMethod]
    [DataRow("Directory.Build.props", true)]
    [DataRow("tests/Other.csproj", true)]
    [DataRow("tests/Other.csproj", false)]
    [DataRow("buildguard.json", true)]
    [DataRow("Makefile", true)]
    public void A_pipe_is_not_waited_for(string file, bool isRepository)
    {
        using GitSandbox git = Repository();
        File.Delete(Path.Combine(git.Root, file));
        Assert.AreEqual(0, git.Run(git.Root, ["mkfifo", file], []).ExitCode);
        if (!isRepository)
        {
            Directory.Delete(Path.Combine(git.Root, ".git"), recursive: true);
        }

        Result planned = git.Run(git.Root, ["timeout", "50", .. Helper.Program, "init", "--dry-run", "--no-hooks"], [("GIT_CEILING_DIRECTORIES", git.Elsewhere)]);
        Assert.AreEqual(0, planned.ExitCode, planned.Error);
        Assert.IsFalse(planned.Output.Split('\n').Any(line => line.StartsWith("  new ", StringComparison.Ordinal) && line.Contains($" {file} ", StringComparison.Ordinal)), planned.Output);
    }

    /// <summary>A file of a clone that was just made may hold anything.</summary>
    [TestMethod]
    public void What_is_shown_of_a_file_does_not_steer_the_terminal()
    {
        using GitSandbox git = Repository();
        Write(git, "Directory.Build.props", "<Project>\n  <A>\u001b[2J\u0007</A>\n</Project>\n");
        string output = git.Guard("init", "--dry-run", "--no-hooks").Output;
        StringAssert.Contains(output, "    <A>\uFFFD[2J\uFFFD</A>\n");
        Assert.IsFalse(output.Any(c => char.IsControl(c) && c != '\n'));
    }

    [TestMethod]
    public void What_was_changed_since_is_kept_and_said()
    {
        using GitSandbox git = Repository();
        git.Guard("init", "--yes");
        string settings = Path.Combine(git.Root, "buildguard.json");
        File.WriteAllText(settings, "{ \"maxMemory\": \"4G\" }");
        Result undone = git.Guard("init", "--undo", "--yes");
        Assert.AreEqual(1, undone.ExitCode);
        StringAssert.Contains(undone.Output, "was changed since and is kept  buildguard.json");
        Assert.AreEqual("{ \"maxMemory\": \"4G\" }", File.ReadAllText(settings));
        Assert.IsFalse(File.Exists(Path.Combine(git.Root, "pytest.ini")));

        // Put back as it was written, it goes too.
        File.Delete(settings);
        Assert.AreEqual(0, git.Guard("init", "--undo", "--yes").ExitCode);
        Assert.IsFalse(Directory.Exists(Path.Combine(git.Root, ".buildguard")));
    }

    [TestMethod]
    public void What_is_there_already_stays()
    {
        using GitSandbox git = Repository();
        foreach (string file in (string[])["buildguard.json", "pytest.ini", "my.runsettings", "tests/xunit.runner.json", "buildguard.mk"])
        {
            File.WriteAllText(Path.Combine(git.Root, file), "{}");
        }

        string[] changed = [.. git.Guard("init", "--dry-run", "--no-hooks", "--json").Json.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("path").GetString()!)];
        CollectionAssert.AreEqual((string[])["Directory.Build.props", ".buildguard/init.json"], changed);
    }

    [TestMethod]
    public void Where_there_are_no_projects_and_no_git_the_rest_is_done()
    {
        using var sandbox = new Sandbox();
        Result done = sandbox.Run([("GIT_CEILING_DIRECTORIES", sandbox.Root)], "init", "--yes");
        Assert.AreEqual(0, done.ExitCode, done.Error);
        StringAssert.Contains(done.Output, "Note: there are no .NET projects here, so no package is referenced");
        Assert.IsTrue(File.Exists(Path.Combine(sandbox.Work, "buildguard.json")));
    }

    [TestMethod]
    public void A_link_stays_a_link_and_what_lies_outside_is_left()
    {
        using GitSandbox git = Repository();
        Write(git, "eng/real.props", "<Project />");
        File.CreateSymbolicLink(Path.Combine(git.Root, "Directory.Build.props"), "eng/real.props");
        string[] before = Everything(git.Root);
        git.Guard("init", "--yes", "--no-hooks");
        StringAssert.Contains(File.ReadAllText(Path.Combine(git.Root, "eng/real.props")), "BuildGuard");
        Assert.AreEqual("eng/real.props", new FileInfo(Path.Combine(git.Root, "Directory.Build.props")).LinkTarget);
        git.Guard("init", "--undo", "--yes");
        CollectionAssert.AreEqual(before, Everything(git.Root));

        string outside = Path.Combine(git.Elsewhere, "outside.props");
        File.WriteAllText(outside, "<Project />");
        File.Delete(Path.Combine(git.Root, "Directory.Build.props"));
        File.CreateSymbolicLink(Path.Combine(git.Root, "Directory.Build.props"), outside);
        Result done = git.Guard("init", "--yes", "--no-hooks");
        StringAssert.Contains(done.Output, "Note: Directory.Build.props is a link to what is no project file of this repository; add to it by hand: <PackageReference");
        Assert.AreEqual("<Project />", File.ReadAllText(outside));
    }

    internal static void Write(GitSandbox git, string file, string text)
    {
        string path = Path.Combine(git.Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>One with a test project, a Makefile and pytest.</summary>
    internal static GitSandbox Repository()
    {
        var git = new GitSandbox();
        Directory.CreateDirectory(Path.Combine(git.Root, "tests"));
        File.WriteAllText(Path.Combine(git.Root, "tests", "tests.csproj"), TestProject);
        File.WriteAllText(Path.Combine(git.Root, "Makefile"), "all:\n\ttrue\n");
        File.WriteAllText(Path.Combine(git.Root, "requirements.txt"), "pytest\n");
        return git;
    }

    internal static string[] Everything(string root) =>
        [.. Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Append(root).Order(StringComparer.Ordinal).SelectMany(GitSandbox.Photograph)];
}
