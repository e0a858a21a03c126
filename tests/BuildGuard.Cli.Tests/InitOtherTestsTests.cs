namespace BuildGuard.Cli.Tests;

/// <summary>Tests that no command runs which <c>init</c> writes are named, each with its file and the command that guards them.</summary>
[TestClass]
public sealed class InitOtherTestsTests
{
    private const string Library = "<Project Sdk=\"Microsoft.NET.Sdk\" />";
    private const string Script = "{ \"scripts\": { \"test\": \"jest\" } }";
    private const string In = ": its tests are in nothing that is written";

    [TestMethod]
    [DataRow("web/package.json", Script, $"{In}. Run them in turn: cd web && buildguard run -- npm test")]
    [DataRow("my web/package.json", Script, $"{In}. Run them in turn: cd './my web' && buildguard run -- npm test")]
    [DataRow("py/pyproject.toml", "[tool.pytest.ini_options]\n", $"{In}. Run them in turn: cd py && buildguard run -- pytest")]
    [DataRow("py/requirements-dev.txt", "pytest\n", $"{In}. Run them in turn: cd py && buildguard run -- pytest")]
    [DataRow("java/pom.xml", "<project />", $"{In}. Run them in turn: cd java && buildguard run -- mvn test")]
    [DataRow("rust/Cargo.toml", "[workspace]\n", $"{In}. Run them in turn: cd rust && buildguard run -- cargo test --workspace")]
    [DataRow("rust/Cargo.toml", "[package]\n", $"{In}. Run them in turn: cd rust && buildguard run -- cargo test")]
    [DataRow("go/go.mod", "module x\n", $"{In}. Run them in turn: cd go && buildguard run -- go test ./...")]
    [DataRow("app/build.gradle.kts", "plugins {}\n", $"{In}, for what tests it only gradle knows. Run them in turn: cd app && buildguard run -- gradle --no-daemon test")]
    [DataRow("build.gradle", "plugins {}\n", $"{In}, for what tests it only gradle knows. Run them in turn: buildguard run -- gradle --no-daemon test")]
    [DataRow("native/CMakeLists.txt", "enable_testing()\n", $"{In}, for where it is built to is for you to say. Run them in turn: cd native && buildguard run -- sh -c 'cmake -S . -B build && cmake --build build && ctest --test-dir build'")]
    [DataRow("CMakeLists.txt", "project(x)\n", $"{In}, for where it is built to is for you to say. Run them in turn: buildguard run -- sh -c 'cmake -S . -B build && cmake --build build'")]
    [DataRow("package.json", "{ \"devDependencies\": { \"jest\": \"^30\" } }", $"{In}, for it has no script 'test'. Run them in turn: buildguard run -- npx jest")]
    [DataRow("package.json", "{ \"scripts\": { \"test:watch\": \"x\", \"test:unit\": \"x\" } }", $"{In}, for it has no script 'test'. Run them in turn: buildguard run -- npm run test:unit")]
    [DataRow("package.json", "{\n  \"scripts\": x\n}", ": it cannot be read: it is no JSON (line 2, column 14), so what tests it is not known")]
    public void They_are_named_beside_those_of_NET_with_and_without_commands_that_are_written(string file, string text, string note)
    {
        using GitSandbox git = With(("lib/L.csproj", Library), (file, text));
        foreach (string[] more in (string[][])[[], ["--ci", "github"]])
        {
            Result done = git.Guard(["init", "--yes", "--no-hooks", .. more]);
            Assert.AreEqual(0, done.ExitCode, done.Error);
            StringAssert.Contains(done.Output, $"Note: {file}{note}\n");
        }

        StringAssert.Contains(File.ReadAllText(Path.Combine(git.Root, ".github/workflows/buildguard.yml")), " -- dotnet test lib/L.csproj\n");
    }

    /// <summary>What it runs may be what is run already, so it is not written beside the others.</summary>
    [TestMethod]
    [DataRow("test: all\n\tctest --test-dir out\n", true)]
    [DataRow("test:\n\tdotnet test\n", false)]
    [DataRow("testing:\n\tctest\n", false)]
    [DataRow("test := x\n", false)]
    public void A_target_of_make_beside_projects_of_NET_is_named(string make, bool isNamed)
    {
        using GitSandbox git = With(("lib/L.csproj", Library), ("CMakeLists.txt", "include(CTest)\n"), ("Makefile", "all:\n" + make));
        Result done = git.Guard("init", "--yes", "--no-hooks");
        Assert.AreEqual(isNamed, done.Output.Contains($"Note: Makefile{In}, for its target 'test' may run what is run already. Run them in turn: buildguard run -- make test\n", StringComparison.Ordinal), done.Output);

        // Where make calls ctest, that is the command for both.
        Assert.AreEqual(!isNamed, done.Output.Contains("Note: CMakeLists.txt", StringComparison.Ordinal), done.Output);
        Assert.DoesNotContain("make", File.ReadAllText(Path.Combine(git.Root, "buildguard.mk")).Split("guarded-test:")[1]);
    }

    /// <summary>Where commands are written, those of the root are among them; where none are, they are named.</summary>
    [TestMethod]
    public void What_is_written_is_not_named()
    {
        using GitSandbox git = With(("lib/L.csproj", Library), ("package.json", Script), ("conftest.py", ""));
        StringAssert.Contains(git.Guard("init", "--dry-run", "--no-hooks").Output, $"Note: package.json{In}. Run them in turn: buildguard run -- npm test\n");
        Assert.DoesNotContain(In, git.Guard("init", "--dry-run", "--no-hooks", "--ci", "gitlab").Output);
    }

    /// <summary>What belongs to something that is named or run already, or to somebody else, is no news.</summary>
    [TestMethod]
    public void Members_of_a_workspace_and_foreign_code_are_passed_over()
    {
        using GitSandbox git = With(
            ("package.json", "{ \"workspaces\": [\"packages/*\"], \"scripts\": { \"test\": \"jest\" } }"), ("packages/a/package.json", Script),
            ("Cargo.toml", "[workspace]\nmembers = [\"a\"]\nexclude = [\"fuzz\"]\n"), ("a/Cargo.toml", "[package]\n"), ("fuzz/Cargo.toml", "[package]\n"),
            ("pom.xml", "<project />"), ("module/pom.xml", "<project />"),
            ("x/testdata/go.mod", "module x\n"), ("third_party/y/CMakeLists.txt", "add_test(x)\n"),
            ("pytest.ini", "[pytest]\n"), ("py/pyproject.toml", "pytest\n"));
        string said = git.Guard("init", "--dry-run", "--no-hooks", "--ci", "github").Output;
        string[] notes = [.. said.Split('\n').Where(line => line.Contains(In, StringComparison.Ordinal))];
        CollectionAssert.AreEqual(new[] { $"Note: fuzz/Cargo.toml{In}. Run them in turn: cd fuzz && buildguard run -- cargo test" }, notes, said);
        StringAssert.Contains(said, "sh -c 'pytest && npm test && cargo test --workspace && mvn test'");
    }

    [TestMethod]
    public void Of_very_many_the_files_are_named()
    {
        using GitSandbox git = With([.. Enumerable.Range(10, 20).Select(i => ($"m{i}/go.mod", "module x\n"))]);
        string[] notes = [.. git.Guard("init", "--dry-run", "--no-hooks").Output.Split('\n').Where(line => line.Contains("in nothing that is written", StringComparison.Ordinal))];
        Assert.HasCount(9, notes);
        Assert.AreEqual($"Note: 12 more have tests that are in nothing that is written: {string.Join(", ", Enumerable.Range(18, 12).Select(i => $"m{i}/go.mod"))}", notes[8]);
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
