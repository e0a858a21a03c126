using System.Text.Json;
using static BuildGuard.Cli.Tests.InitTests;

namespace BuildGuard.Cli.Tests;

/// <summary>Settings of test runners are written for what is a project of tests, whatever makes it one, and where there are none.</summary>
[TestClass]
public sealed class InitRunnerTests
{
    private const string Plain = "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>\n</Project>\n";
    private const string Packages = "<Project><ItemGroup><PackageReference Include=\"Microsoft.NET.Test.Sdk\" Version=\"18.0.0\" /><PackageReference Include=\"xunit.v3\" Version=\"3.0.0\" /></ItemGroup></Project>";
    private const string Flag = "<Project><PropertyGroup><IsTestProject>true</IsTestProject></PropertyGroup></Project>";

    [TestMethod]
    [DataRow("tests/Directory.Build.props", Packages, ".runsettings tests/a.csproj tests/xunit.runner.json")]
    [DataRow("tests/Directory.Build.targets", Packages, ".runsettings tests/a.csproj tests/xunit.runner.json")]
    [DataRow("tests/Directory.Build.props", Flag, ".runsettings")]
    [DataRow("tests/Nobody.props", Packages, "")]
    public void What_comes_by_import_counts(string file, string text, string expected)
    {
        using GitSandbox git = With((file, text), ("lib/l.csproj", Plain), ("tests/a.csproj", Plain));
        Assert.AreEqual(expected, Written(git));
    }

    /// <summary>To MSBuild a project for several frameworks has only what it has for all of them.</summary>
    [TestMethod]
    public void What_a_project_has_for_one_of_its_frameworks_alone_counts()
    {
        using GitSandbox git = With(("tests/a.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFrameworks>net9.0;net10.0</TargetFrameworks></PropertyGroup>
              <ItemGroup Condition="'$(TargetFramework)' == 'net10.0'"><PackageReference Include="xunit" Version="2.9.0" /></ItemGroup>
            </Project>
            """));
        Assert.AreEqual("tests/a.csproj tests/xunit.runner.json", Written(git));
    }

    /// <summary>Where the SDK cannot be had, MSBuild says nothing of the project.</summary>
    [TestMethod]
    public void What_is_an_SDK_of_tests_counts_also_where_it_is_not_there()
    {
        using GitSandbox git = With(
            ("nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>"),
            ("tests/a.csproj", "<Project Sdk=\"MSTest.Sdk/0.0.0-never\" />"));
        Assert.AreEqual(".runsettings", Written(git));
    }

    /// <summary>A file in a folder of another project is that one's.</summary>
    [TestMethod]
    public void A_project_in_the_root_has_its_own_settings()
    {
        const string Project = "<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>\n  <ItemGroup><PackageReference Include=\"xunit\" Version=\"2.9.0\" /></ItemGroup>\n</Project>\n";
        using GitSandbox git = With(
            ("Root.Tests.csproj", Project),
            ("sub/sub.csproj", Project),
            ("sub/xunit.runner.json", "{ \"parallelizeTestCollections\": false }"));
        Assert.AreEqual("Root.Tests.csproj xunit.runner.json", Written(git).Replace(".runsettings ", "", StringComparison.Ordinal));
    }

    /// <summary>What is there stays, and that it has tests run at the same time is said.</summary>
    [TestMethod]
    [DataRow("tests/xunit.runner.json", "{ \"parallelizeTestCollections\": true }", "tests/xunit.runner.json is there already and stays as it is: it lets xunit run tests at the same time")]
    [DataRow("tests/xunit.runner.json", "{ \"parallelizeTestCollections\": false }", "")]
    [DataRow("tests/xunit.runner.json", "{ // one\n  \"maxParallelThreads\": 1,\n}", "")]
    [DataRow("tests/xunit.runner.json", "{ // \"maxParallelThreads\": 1\n}", "tests/xunit.runner.json is there already and stays as it is: it lets xunit run tests at the same time")]
    [DataRow("tests/xunit.runner.json", "{\n  \"ä\": parallel\n}", "tests/xunit.runner.json is there already and stays as it is: it cannot be read, for it is no JSON (line 2, column 8)\n")]
    [DataRow("tests/xunit.runner.json", "\n", "tests/xunit.runner.json is there already and stays as it is: it cannot be read, for it is no JSON (line 2, column 1)\n")]
    [DataRow("ci.runsettings", "", "")]
    [DataRow("all.runsettings", "<RunSettings />", "all.runsettings is there already and stays as it is: it does not ask for one test host at a time (MaxCpuCount 1)")]
    [DataRow("all.runsettings", "<RunSettings><RunConfiguration><MaxCpuCount>1</MaxCpuCount></RunConfiguration></RunSettings>", "")]
    [DataRow("pytest.ini", "[pytest]\naddopts = -n auto\n", "pytest.ini has the settings of pytest and stays as it is: it runs tests at the same time (-n auto)")]
    [DataRow("pytest.ini", "[pytest]\naddopts = -n 0 --no-header\n", "pytest.ini has the settings of pytest and stays as it is\n")]
    public void Settings_that_are_there_stay_and_are_not_passed_over(string file, string text, string note)
    {
        using GitSandbox git = With(("tests/Directory.Build.props", Packages), ("tests/a.csproj", Plain), (file, text.Length > 0 ? text : "<RunSettings><RunConfiguration><MaxCpuCount> 1 </MaxCpuCount></RunConfiguration></RunSettings>"));
        string said = git.Guard("init", "--dry-run", "--no-hooks").Output;
        if (note.Length > 0)
        {
            StringAssert.Contains(said, "Note: " + note);
        }
        else
        {
            Assert.DoesNotContain("stays as it is", said);
        }
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

    private static string Written(GitSandbox git)
    {
        JsonElement done = git.Guard("init", "--yes", "--no-hooks", "--json").Json;
        string[] others = ["Directory.Build.props", "tests/Directory.Build.props", "buildguard.json", ".buildguard/init.json"];
        string[] written = [.. done.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("path").GetString()!).Except(others)];
        StringAssert.StartsWith(git.Guard("init", "--yes", "--no-hooks").Output, "Nothing to do in ");
        return string.Join(' ', written.Order(StringComparer.Ordinal));
    }

    private static GitSandbox With(params (string File, string Text)[] files)
    {
        var git = new GitSandbox();
        foreach ((string file, string text) in files)
        {
            string path = Path.Combine(git.Root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        return git;
    }
}
