namespace BuildGuard.Cli.Tests;

/// <summary>The commands in the files for make and the build services are such as the repository takes.</summary>
[TestClass]
public sealed class InitCommandsTests
{
    private const string Test = "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><PackageReference Include=\"Microsoft.NET.Test.Sdk\" Version=\"18.0.0\" /></ItemGroup></Project>";
    private const string Library = "<Project Sdk=\"Microsoft.NET.Sdk\" />";

    [TestMethod]
    [DataRow("A.sln t/T.csproj", "dotnet build", "dotnet test")]
    [DataRow("T.csproj", "dotnet build", "dotnet test")]
    [DataRow("A.sln=l/L.csproj B.slnx=t/T.csproj l/L.csproj t/T.csproj", "dotnet build A.sln | dotnet build B.slnx", "dotnet test A.sln | dotnet test B.slnx")]
    [DataRow("App.sln App.slnx t/T.csproj", "dotnet build App.sln", "dotnet test App.sln")]
    [DataRow("App.slnx A.sln=l/L.csproj l/L.csproj t/T.csproj", "dotnet build App.slnx", "dotnet test App.slnx")]
    [DataRow("App.sln=l/L.csproj App.slnx l/L.csproj t/T.csproj", "dotnet build App.slnx", "dotnet test App.slnx")]
    [DataRow("A.sln=l/L.csproj l/L.csproj s/S.csproj t/T.csproj", "dotnet build | dotnet build t/T.csproj", "dotnet test | dotnet test t/T.csproj")]
    [DataRow("A.slnx=none.csproj l/L.csproj t/T.csproj", "dotnet build | dotnet build t/T.csproj", "dotnet test | dotnet test t/T.csproj")]
    [DataRow("src/A.sln src/t/B.sln src/t/T.csproj", "dotnet build src/A.sln", "dotnet test src/A.sln")]
    [DataRow("my_src/A.sln L.csproj T.csproj", "dotnet build my_src/A.sln", "dotnet test my_src/A.sln")]
    [DataRow("l/L.csproj t/T.csproj u/T2.fsproj", "dotnet build l/L.csproj | dotnet build t/T.csproj | dotnet build u/T2.fsproj", "dotnet test t/T.csproj | dotnet test u/T2.fsproj")]
    [DataRow("l/L.csproj", "dotnet build l/L.csproj", "dotnet test l/L.csproj")]
    [DataRow("L.csproj t/T.csproj", "dotnet build L.csproj | dotnet build t/T.csproj", "dotnet test t/T.csproj")]
    [DataRow("dirs.proj l/L.csproj t/T.csproj", "dotnet build", "dotnet test")]
    [DataRow("l/L.csproj t/L2.csproj t/Tests.props", "dotnet build l/L.csproj | dotnet build t/L2.csproj", "dotnet test l/L.csproj | dotnet test t/L2.csproj")]
    [DataRow("l/L.csproj t/L2.csproj Test.props t/Directory.Build.props", "dotnet build l/L.csproj | dotnet build t/L2.csproj", "dotnet test t/L2.csproj")]
    public void They_name_what_has_to_be_named(string files, string build, string test)
    {
        using var git = new GitSandbox();
        string[] projects = [.. files.Split(' ').Where(file => file.EndsWith("proj", StringComparison.Ordinal))];
        foreach (string[] file in files.Split(' ').Select(file => file.Split('=')))
        {
            Write(git, file[0], Path.GetFileName(file[0]) switch
            {
                ['T', ..] => Test,
                "Directory.Build.props" => "<Project><Import Project=\"../Test.props\" /></Project>",
                var name when name.Contains(".sln", StringComparison.Ordinal) => Solution(file[0], file.Length > 1 ? file[1..] : projects),
                _ => Library,
            });
        }

        Write(git, "GNUmakefile", "all:\n");
        Write(git, "azure-pipelines.yaml", "steps: []\n");
        Result done = git.Guard("init", "--yes", "--no-hooks", "--ci", "github", "--ci", "azure");
        Assert.AreEqual(0, done.ExitCode, done.Error);
        string make = Read(git, "buildguard.mk");
        StringAssert.Contains(make, $"\nguarded-build:\n{Recipe(build)}guarded-test:\n{Recipe(test)}guarded-status:\n");
        StringAssert.Contains(make, "at the end of GNUmakefile.");
        StringAssert.Contains(done.Output, "; add to GNUmakefile: include buildguard.mk");
        StringAssert.Contains(done.Output, "add to the steps of azure-pipelines.yaml: ");
        string command = test.Contains('|', StringComparison.Ordinal) ? $"sh -c '{test.Replace(" | ", " && ", StringComparison.Ordinal)}'" : test;
        StringAssert.Contains(Read(git, ".github/workflows/buildguard.yml"), $"- run: buildguard run --report buildguard-run.json -- {command}\n");
        StringAssert.Contains(Read(git, ".azure-pipelines/buildguard.yml"), $" -- {command}\n");
    }

    /// <summary>What is not of .NET is tested too, and what cannot be known is said.</summary>
    [TestMethod]
    [DataRow("T.csproj pytest.ini", "dotnet test | pytest", "the steps for CI run 'pytest': install what that needs in a step before")]
    [DataRow("T.csproj package.json", "dotnet test | npm test", "the steps for CI run 'npm test': install")]
    [DataRow("package.json", "npm test", "the steps for CI run 'npm test': install")]
    [DataRow("package.json yarn.lock", "yarn test", "the steps for CI run 'yarn test': install")]
    [DataRow("package.json pytest.ini", "pytest | npm test", "the steps for CI run 'pytest' and 'npm test': install")]
    [DataRow("Cargo.toml", "cargo test", "the steps for CI run 'cargo test': install")]
    [DataRow("go.mod", "go test ./...", "the steps for CI run 'go test ./...': install")]
    [DataRow("pom.xml", "mvn test", "the steps for CI run 'mvn test': install")]
    [DataRow("pom.xml mvnw", "sh mvnw test", "the steps for CI run 'sh mvnw test': install")]
    [DataRow("package.json bun.lock", "bun run test", "the steps for CI run 'bun run test': install")]
    public void Tests_of_other_tools_are_run_as_well(string files, string test, string note)
    {
        using var git = new GitSandbox();
        foreach (string file in files.Split(' '))
        {
            Write(git, file, file switch
            {
                "T.csproj" => Test,
                "package.json" => "{ \"scripts\": { \"test\": \"jest\" } }",
                _ => "\n",
            });
        }

        Result done = git.Guard("init", "--yes", "--no-hooks", "--ci", "github");
        Assert.AreEqual(0, done.ExitCode, done.Error);
        StringAssert.Contains(done.Output, $"Note: {note}");
        string command = test.Contains('|', StringComparison.Ordinal) ? $"sh -c '{test.Replace(" | ", " && ", StringComparison.Ordinal)}'" : test;
        StringAssert.Contains(Read(git, ".github/workflows/buildguard.yml"), $"- run: buildguard run --report buildguard-run.json -- {command}\n");

        Write(git, "Makefile", "all:\n");
        Assert.AreEqual(0, git.Guard("init", "--yes", "--no-hooks").ExitCode);
        StringAssert.Contains(Read(git, "buildguard.mk"), $"\nguarded-test:\n{Recipe(test.Replace("make", "$(MAKE)", StringComparison.Ordinal))}guarded-status:\n");
    }

    /// <summary>A command that nothing tells of would fail, or do something else.</summary>
    [TestMethod]
    [DataRow("README.md")]
    [DataRow("empty/package.json")]
    public void Where_nothing_tells_what_tests_it_no_command_is_written_and_that_is_said(string file)
    {
        using var git = new GitSandbox();
        Write(git, file, "");
        Write(git, "Makefile", "all:\n");
        Result done = git.Guard("init", "--yes", "--no-hooks", "--ci", "github");
        Assert.AreEqual(0, done.ExitCode, done.Error);
        StringAssert.Contains(done.Output, "Note: nothing in the root tells how this repository is tested, so no command for that is written: 'buildguard run -- COMMAND' runs it in turn\n");
        Assert.IsFalse(Directory.Exists(Path.Combine(git.Root, ".github")));
        Assert.DoesNotContain("guarded-test", Read(git, "buildguard.mk"));
        Assert.AreEqual(0, git.Run(git.Root, ["make", "-s", "-f", "buildguard.mk", "BUILDGUARD=true", "guarded-build", "guarded-status"], []).ExitCode);
    }

    [TestMethod]
    [DataRow("{ \"scripts\": { \"test\": \"echo \\\"Error: no test specified\\\" && exit 1\" } }")]
    [DataRow("{ \"scripts\": 3 }")]
    public void A_package_without_tests_is_none_to_test(string package)
    {
        using var git = new GitSandbox();
        Write(git, "package.json", package);
        Write(git, "Makefile", "test:\n\techo testing\n");
        Result done = git.Guard("init", "--yes", "--no-hooks", "--ci", "github");
        Assert.DoesNotContain("tells how", done.Output);
        StringAssert.Contains(Read(git, ".github/workflows/buildguard.yml"), " -- make test\n");
    }

    /// <summary>Both name files of make that make itself would take; what is asked of it is what it would do.</summary>
    [TestMethod]
    [DataRow("makefile")]
    [DataRow("GNUmakefile")]
    public void Make_runs_what_is_written_for_a_name_with_a_space(string file)
    {
        using var git = new GitSandbox();
        Write(git, "my tests/T one.csproj", Test);
        Write(git, file, "all:\ninclude buildguard.mk\n");
        Assert.AreEqual(0, git.Guard("init", "--yes", "--no-hooks").ExitCode);
        Result said = git.Run(git.Root, ["make", "BUILDGUARD=printf '%s|'", "-s", "guarded-test"], []);
        Assert.AreEqual(0, said.ExitCode, said.Error);
        Assert.AreEqual("run|--|dotnet|test|my tests/T one.csproj|", said.Output);
    }

    /// <summary>What make does when it is told nothing is the build; a goal named <c>all</c> need not be there.</summary>
    [TestMethod]
    public void Where_make_builds_it_make_knows_what_to_build()
    {
        using var git = new GitSandbox();
        Write(git, "Makefile", "build:\n\techo building\ntest:\n\techo testing\ninclude buildguard.mk\n");
        Assert.AreEqual(0, git.Guard("init", "--yes", "--no-hooks").ExitCode);
        Result said = git.Run(git.Root, ["make", "BUILDGUARD=sh -c 'shift; shift; \"$$@\"' guard", "-s", "guarded-build", "guarded-test"], []);
        Assert.AreEqual(0, said.ExitCode, said.Error);
        Assert.AreEqual("building\ntesting\n", said.Output);
    }

    [TestMethod]
    public void A_name_that_a_shell_would_read_otherwise_is_left_out_and_said()
    {
        using var git = new GitSandbox();
        Write(git, "t/T$(id).csproj", Test);
        Write(git, "t/T.csproj", Test);
        Write(git, "Makefile", "all:\n");
        Result done = git.Guard("init", "--yes", "--no-hooks", "--ci", "gitlab");
        StringAssert.Contains(done.Output, "Note: t/T$(id).csproj cannot be named in the commands for make and CI as it is: add by hand\n");
        StringAssert.Contains(Read(git, ".gitlab/buildguard.gitlab-ci.yml"), " -- dotnet test t/T.csproj\n");
        Assert.DoesNotContain("id", Read(git, "buildguard.mk").Split("guarded-build:")[^1].Split("guarded-status:")[0]);
    }

    [TestMethod]
    public void A_pipeline_of_Azure_is_one_with_either_ending()
    {
        using var git = new GitSandbox();
        Write(git, "azure-pipelines.yaml", "steps: []\n");
        Write(git, "conftest.py", "");
        Assert.AreEqual(0, git.Guard("init", "--yes", "--no-hooks").ExitCode);
        Assert.IsTrue(File.Exists(Path.Combine(git.Root, ".azure-pipelines/buildguard.yml")));
    }

    /// <summary>As Visual Studio and <c>dotnet sln</c> write them.</summary>
    private static string Solution(string file, string[] projects)
    {
        string[] paths = [.. projects.Select(project => Path.GetRelativePath(Path.Combine("/", Path.GetDirectoryName(file)!), "/" + project))];
        return file.EndsWith('x')
            ? $"<Solution>\n  <Folder Name=\"/all/\">\n{string.Concat(paths.Select(path => $"    <Project Path=\"{path}\" />\n"))}  </Folder>\n</Solution>\n"
            : "\ufeff\r\nMicrosoft Visual Studio Solution File, Format Version 12.00\r\nProject(\"{2150E333-8FDC-42A3-9474-1A3956D46DE8}\") = \"all\", \"all\", \"{1}\"\r\nEndProject\r\n" + string.Concat(paths.Select(path =>
                $"Project(\"{{9A19103F-16F7-4668-BE54-9A1E7A4F7556}}\") = \"{Path.GetFileNameWithoutExtension(path)}\", \"{path.Replace('/', '\\')}\", \"{{{Guid.Empty}}}\"\r\nEndProject\r\n"));
    }

    private static string Recipe(string commands) => string.Concat(commands.Split(" | ").Select(command => $"\t$(BUILDGUARD) run -- {command}\n"));

    private static string Read(GitSandbox git, string file) => File.ReadAllText(Path.Combine(git.Root, file));

    private static void Write(GitSandbox git, string file, string text)
    {
        string path = Path.Combine(git.Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
