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
        StringAssert.Contains(output, "    <A> [2J </A>\n");
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
    public void Pytest_gets_no_option_of_a_plugin_that_is_not_there()
    {
        using GitSandbox git = Repository();
        git.Guard("init", "--yes", "--no-hooks");
        Assert.AreEqual("# One test at a time, and none without end.\n[pytest]\naddopts =\n    --tb=short\n    --strict-markers\n", File.ReadAllText(Path.Combine(git.Root, "pytest.ini")));
        git.Guard("init", "--undo", "--yes");
        File.WriteAllText(Path.Combine(git.Root, "requirements.txt"), "pytest\npytest-xdist\npytest-timeout\n");
        git.Guard("init", "--yes", "--no-hooks");
        StringAssert.Contains(File.ReadAllText(Path.Combine(git.Root, "pytest.ini")), "\n    -n 0\n    --maxprocesses=1\n    --dist=no\n    --max-worker-restart=1\n    --tb=short\n    --strict-markers\n    --timeout=300\n    --timeout-method=thread\n");
    }

    [TestMethod]
    [DataRow("0.0.1", true)]
    [DataRow("99.0.0", false)]
    [DataRow("99.0.0-beta.1", false)]
    [DataRow("[0.0.1]", false)]
    [DataRow("$(GuardVersion)", false)]
    [DataRow("0.0.*", false)]
    public void An_older_reference_is_raised_and_every_other_stays(string version, bool isRaised)
    {
        using GitSandbox git = Repository();
        string file = Path.Combine(git.Root, "Directory.Packages.props");
        string text = $"<Project>\r\n\t<!-- <PackageVersion Include=\"BuildGuard\" Version=\"0.0.0\" /> -->\r\n\t{Switch}\r\n\t<ItemGroup>\r\n\t\t<GlobalPackageReference Version='{version}'\r\n\t\t   Include=\"buildguard\" />\r\n\t</ItemGroup>\r\n</Project>";
        File.WriteAllText(file, text);
        JsonElement plan = git.Guard("init", "--yes", "--no-hooks", "--json").Json;
        Assert.AreEqual(isRaised ? text.Replace($"'{version}'", $"'{Own}'", StringComparison.Ordinal) : text, File.ReadAllText(file));
        Assert.AreEqual(!isRaised, plan.GetProperty("remarks").EnumerateArray().Any(remark => remark.GetString() == $"Directory.Packages.props references BuildGuard {version}, which stays"));
        Assert.IsFalse(File.Exists(Path.Combine(git.Root, "Directory.Build.props")));
    }

    private const string Switch = "<PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>";

    [TestMethod]
    public void Central_versions_get_a_global_reference()
    {
        using GitSandbox git = Repository();
        string file = Path.Combine(git.Root, "Directory.Packages.props");
        File.WriteAllText(file, $"\ufeff<Project>\n    {Switch}\n</Project>\n");
        git.Guard("init", "--yes", "--no-hooks");
        byte[] after = File.ReadAllBytes(file);
        CollectionAssert.AreEqual((byte[])[0xEF, 0xBB, 0xBF, (byte)'<'], after[..4]);
        Assert.AreEqual($"<Project>\n    {Switch}\n    <ItemGroup>\n        <GlobalPackageReference Include=\"BuildGuard\" Version=\"{Own}\" />\n    </ItemGroup>\n</Project>\n", File.ReadAllText(file));
    }

    [TestMethod]
    [DataRow("<Project />", "<Project>\n  <ItemGroup>\n    <X />\n  </ItemGroup>\n</Project>")]
    [DataRow("<Project a=\"b\" />\r\n", "<Project a=\"b\">\r\n  <ItemGroup>\r\n    <X />\r\n  </ItemGroup>\r\n</Project>\r\n")]
    [DataRow("<Project></Project>", "<Project>\n  <ItemGroup>\n    <X />\n  </ItemGroup>\n</Project>")]
    [DataRow("<Project>\n\t<A />\n</Project>\n<!-- </Project> -->", "<Project>\n\t<A />\n\t<ItemGroup>\n\t\t<X />\n\t</ItemGroup>\n</Project>\n<!-- </Project> -->")]
    public void A_line_is_added_in_the_manner_of_the_file(string before, string after)
    {
        Assert.IsTrue(MSBuildText.CanEdit(before));
        Assert.AreEqual(after, MSBuildText.AddItem(before, "<X />"));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("<!-- </Project> -->")]
    [DataRow("\u00ff\u00fe<Project></Project>")]
    public void What_is_no_project_is_not_edited(string text) => Assert.IsFalse(MSBuildText.CanEdit(text));

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
    public void A_reference_goes_where_MSBuild_looks_for_each_project()
    {
        using GitSandbox git = Repository();
        Write(git, "src/Directory.Packages.props", $"<Project>{Switch}</Project>");
        Write(git, "src/Directory.Build.props", "<Project />");
        Write(git, "src/A/A.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Write(git, "tools/Directory.Build.props", "<Project><Import Project=\"$([MSBuild]::GetPathOfFileAbove('Directory.Build.props', '$(MSBuildThisFileDirectory)../'))\" /></Project>");
        Write(git, "tools/B/B.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Write(git, "Directory.Build.props", "<Project />");

        // Alone, without the switch, it makes nothing central.
        Write(git, "Directory.Packages.props", "<Project />");
        string[] before = Everything(git.Root);
        git.Guard("init", "--yes", "--no-hooks");
        StringAssert.Contains(File.ReadAllText(Path.Combine(git.Root, "src/Directory.Packages.props")), $"<GlobalPackageReference Include=\"BuildGuard\" Version=\"{Own}\" />");
        StringAssert.Contains(File.ReadAllText(Path.Combine(git.Root, "Directory.Build.props")), $"<PackageReference Include=\"BuildGuard\" Version=\"{Own}\" PrivateAssets=\"all\" Condition=\"'$(ManagePackageVersionsCentrally)' != 'true'\" />");
        foreach (string other in (string[])["src/Directory.Build.props", "tools/Directory.Build.props", "Directory.Packages.props", "src/A/A.csproj", "tools/B/B.csproj"])
        {
            Assert.DoesNotContain("BuildGuard", File.ReadAllText(Path.Combine(git.Root, other)), other);
        }

        StringAssert.StartsWith(git.Guard("init", "--yes", "--no-hooks").Output, "Nothing to do in ");
        git.Guard("init", "--undo", "--yes");
        CollectionAssert.AreEqual(before, Everything(git.Root));
    }

    /// <summary>Line ends and mark of Windows, comments and the formatting of somebody else; versions at the root or in a folder below.</summary>
    [TestMethod]
    [DataRow("Directory.Packages.props")]
    [DataRow("src/Directory.Packages.props")]
    public void Only_the_lines_of_the_reference_are_added_and_taken_back(string versions)
    {
        using GitSandbox git = Repository();
        const string Before = "\ufeff<!-- </Project> versions -->\r\n<Project >\r\n\t" + Switch + "\r\n\t<ItemGroup  Label='x'>\r\n\t\t<!-- <PackageReference Include=\"BuildGuard\" Version=\"0.0.1\" /> -->\r\n\t\t<PackageVersion Include=\"A\"   Version=\"1.0.0\"/>\r\n\t</ItemGroup>\r\n\r\n</Project>";
        File.Delete(Path.Combine(git.Root, "tests", "tests.csproj"));
        Write(git, "src/A/A.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Write(git, versions, Before);
        string[] before = Everything(git.Root);
        Assert.AreEqual(0, git.Guard("init", "--yes", "--no-hooks").ExitCode);
        string after = System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(git.Root, versions)));
        string lines = $"\t<ItemGroup>\r\n\t\t<GlobalPackageReference Include=\"BuildGuard\" Version=\"{Own}\" />\r\n\t</ItemGroup>\r\n";
        Assert.AreEqual(Before.Replace("</Project>", lines + "</Project>", StringComparison.Ordinal).Replace($"<!-- {lines}</Project>", "<!-- </Project>", StringComparison.Ordinal), after);
        StringAssert.StartsWith(git.Guard("init", "--yes", "--no-hooks").Output, "Nothing to do in ");
        Assert.AreEqual(0, git.Guard("init", "--undo", "--yes").ExitCode);
        CollectionAssert.AreEqual(before, Everything(git.Root));
    }

    [TestMethod]
    [DataRow("eng/common.props", "<Project><ItemGroup><PackageReference Include=\"BuildGuard\">\n  <PrivateAssets>all</PrivateAssets>\n  <Version> 0.0.1 </Version></PackageReference></ItemGroup></Project>")]
    [DataRow("tests/Directory.Build.props", "<Project><Sdk Name=\"BuildGuard\" Version=\"0.0.1\" /></Project>")]
    public void A_reference_of_another_form_or_in_another_file_is_one(string file, string text)
    {
        using GitSandbox git = Repository();
        const string Importing = "<Project><Import Project=\"eng/common.props\" Condition=\"Exists('eng/common.props')\" /></Project>";
        Write(git, "Directory.Build.props", Importing);
        Write(git, file, text);
        Assert.DoesNotContain("Note: not guarded", git.Guard("init", "--yes", "--no-hooks").Output);
        Assert.AreEqual(text.Replace("0.0.1", Own, StringComparison.Ordinal), File.ReadAllText(Path.Combine(git.Root, file)));
        Assert.AreEqual(Importing, File.ReadAllText(Path.Combine(git.Root, "Directory.Build.props")));
    }

    [TestMethod]
    public void Where_some_projects_have_it_for_themselves_the_others_are_named()
    {
        using GitSandbox git = Repository();
        Write(git, "a/A.csproj", $"<Project><ItemGroup><PackageReference Include=\"BuildGuard\" Version=\"{Own}\" /></ItemGroup></Project>");
        Result planned = git.Guard("init", "--dry-run", "--no-hooks");
        StringAssert.Contains(planned.Output, "Note: tests/tests.csproj does not reference BuildGuard, as others do: add it there, or move it to Directory.Build.props\n");
        Assert.DoesNotContain("changed  Directory.Build.props", planned.Output);
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

    [TestMethod]
    [DataRow(".pytest.ini", "")]
    [DataRow("pytest.ini", "[pytest]\n")]
    [DataRow("python/pytest.ini", "")]
    [DataRow("pyproject.toml", "[tool.pytest.ini_options]\n")]
    [DataRow("tox.ini", "[pytest]\n")]
    public void Settings_of_pytest_that_are_there_stay_the_ones_that_count(string file, string text)
    {
        using GitSandbox git = Repository();
        Write(git, file, text);
        Result done = git.Guard("init", "--yes", "--no-hooks");
        StringAssert.Contains(done.Output, $"Note: {file} has the settings of pytest and stays as it is\n");
        Assert.AreEqual(text, File.ReadAllText(Path.Combine(git.Root, file)));
        Assert.AreEqual(file == "pytest.ini", File.Exists(Path.Combine(git.Root, "pytest.ini")));
        StringAssert.StartsWith(git.Guard("init", "--yes", "--no-hooks").Output, "Nothing to do in ");
    }

    private static void Write(GitSandbox git, string file, string text)
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
