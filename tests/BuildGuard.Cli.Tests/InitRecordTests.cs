using BuildGuard.Cli.Init;
using static BuildGuard.Cli.Tests.InitTests;

namespace BuildGuard.Cli.Tests;

/// <summary>The record of <c>init</c> comes with a clone, from whoever wrote it: it is believed of what <c>init</c> writes, and nothing else.</summary>
[TestClass]
public sealed class InitRecordTests
{
    /// <summary>The record comes with a clone: whoever wrote it must not reach what is not of the repository.</summary>
    [TestMethod]
    [DataRow("../outside/rc")]
    [DataRow("sub/../../outside/rc")]
    [DataRow("OUTSIDE/rc")]
    [DataRow("folder/rc")]
    [DataRow("file")]
    [DataRow(".git/config")]
    [DataRow("x/config")]
    [DataRow("")]
    public void A_record_that_names_what_is_not_of_the_repository_is_not_believed(string path)
    {
        using GitSandbox git = Repository();
        string outside = Directory.CreateDirectory(Path.Combine(git.Root, "..", "outside")).FullName;
        File.WriteAllText($"{outside}/rc", "mine\n");
        Directory.CreateSymbolicLink(Path.Combine(git.Root, "folder"), "../outside");
        File.CreateSymbolicLink(Path.Combine(git.Root, "file"), $"{outside}/rc");
        Directory.CreateSymbolicLink(Path.Combine(git.Root, "x"), ".git");
        Directory.CreateDirectory(Path.Combine(git.Root, ".buildguard"));
        path = path.Replace("OUTSIDE", outside, StringComparison.Ordinal);
        string sum = Programs.Checksum.Of(path is ".git/config" or "x/config" ? File.ReadAllBytes(Path.Combine(git.Root, ".git/config")) : "mine\n"u8);
        string good = Programs.Checksum.Of(File.ReadAllBytes(Path.Combine(git.Root, "tests/tests.csproj")));
        File.WriteAllText(
            Path.Combine(git.Root, ".buildguard", "init.json"),
            $$"""{"schemaVersion":1,"hooks":false,"files":[{"path":"tests/tests.csproj","before":null,"sum":"{{good}}"},{"path":"{{path}}","before":"ZXZpbAo=","sum":"{{sum}}"}]}""");
        string[] before = [.. Everything(git.Root), .. Everything(outside)];

        foreach (string[] line in (string[][])[["init", "--undo", "--yes"], ["init", "--yes"]])
        {
            Result result = git.Guard(line);

            Assert.AreEqual(125, result.ExitCode, result.Output);
            StringAssert.StartsWith(result.ErrorLine, "buildguard: error BG0022: ");
            StringAssert.Contains(result.ErrorLine, $"{git.Root}/.buildguard/init.json names '{path}', which is no file of this repository");
            CollectionAssert.AreEqual(before, (string[])[.. Everything(git.Root), .. Everything(outside)]);
        }
    }

    /// <summary>In a linked working tree <c>.git</c> is a file.</summary>
    [TestMethod]
    public void A_record_that_names_the_file_of_git_is_not_believed()
    {
        using GitSandbox git = Repository();
        string file = Path.Combine(git.Root, "sub");
        Directory.CreateDirectory(file);
        File.WriteAllText(Path.Combine(file, ".git"), "mine\n");
        Directory.CreateDirectory(Path.Combine(git.Root, ".buildguard"));
        File.WriteAllText(
            Path.Combine(git.Root, ".buildguard", "init.json"),
            $$"""{"schemaVersion":1,"hooks":false,"files":[{"path":"sub/.git","before":"ZXZpbAo=","sum":"{{Programs.Checksum.Of("mine\n"u8)}}"}]}""");

        Assert.AreEqual(125, git.Guard("init", "--undo", "--yes").ExitCode);
        Assert.AreEqual("mine\n", File.ReadAllText(Path.Combine(file, ".git")));
    }

    [TestMethod]
    [DataRow(".buildguard")]
    [DataRow(".buildguard/init.json")]
    public void A_record_behind_a_link_out_of_the_repository_is_not_believed(string link)
    {
        using GitSandbox git = Repository();
        string outside = Directory.CreateDirectory(Path.Combine(git.Root, "..", "outside")).FullName;
        File.WriteAllText($"{outside}/init.json", """{"schemaVersion":1,"hooks":false,"files":[]}""");
        string path = Path.Combine(git.Root, link);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, link == ".buildguard" ? outside : $"{outside}/init.json");

        foreach (string[] line in (string[][])[["init", "--undo", "--yes"], ["init", "--yes"]])
        {
            Result result = git.Guard(line);
            Assert.AreEqual(125, result.ExitCode, result.Output);
            StringAssert.Contains(result.ErrorLine, "is a link out of this repository, or lies behind one");
            Assert.IsTrue(File.Exists($"{outside}/init.json"));
        }
    }

    /// <summary>It is of the repository, and still nothing that was ever written here.</summary>
    [TestMethod]
    [DataRow("src/Program.cs", "src/Program.cs")]
    [DataRow("pytest.ini", "src/Program.cs")]
    [DataRow("Directory.Build.props", "src/Program.cs")]
    [DataRow("src/pytest.ini", "src/pytest.ini")]
    [DataRow(".github/workflows/release.yml", ".github/workflows/release.yml")]
    [DataRow(".gitignore", ".gitignore")]
    [DataRow("tests/tests.csproj.user", "tests/tests.csproj.user")]
    [DataRow("Makefile", "Makefile")]
    [DataRow(".buildguard/init.json", ".buildguard/init.json")]
    public void A_record_that_names_what_init_does_not_write_is_not_believed(string path, string behind)
    {
        using GitSandbox git = Repository();
        string file = Path.Combine(git.Root, behind);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "mine\n");
        if (path != behind)
        {
            File.CreateSymbolicLink(Path.Combine(git.Root, path), behind);
        }

        Directory.CreateDirectory(Path.Combine(git.Root, ".buildguard"));
        foreach (string before in (string[])["null", "\"ZXZpbAo=\""])
        {
            File.WriteAllText(
                Path.Combine(git.Root, ".buildguard", "init.json"),
                $$"""{"schemaVersion":1,"hooks":false,"files":[{"path":"{{path}}","before":{{before}},"sum":"{{Programs.Checksum.Of("mine\n"u8)}}"}]}""");
            string[] everything = Everything(git.Root);
            foreach (string[] line in (string[][])[["init", "--undo", "--yes"], ["init", "--undo", "--dry-run"], ["init", "--yes"]])
            {
                Result result = git.Guard(line);
                Assert.AreEqual(125, result.ExitCode, result.Output);
                StringAssert.Contains(result.ErrorLine, $"{git.Root}/.buildguard/init.json names '{path}', which is no file that init writes: it was not written here, and nothing of it is believed");
                CollectionAssert.AreEqual(everything, Everything(git.Root));
            }
        }
    }

    /// <summary>What is written is known to be: it could not be taken back otherwise.</summary>
    [TestMethod]
    public void Each_file_that_is_written_is_one_that_a_record_may_name()
    {
        using GitSandbox git = Repository();
        Directory.CreateDirectory(Path.Combine(git.Root, "eng"));
        File.WriteAllText(Path.Combine(git.Root, "eng", "odd.txt"), "<Project />");
        File.CreateSymbolicLink(Path.Combine(git.Root, "Directory.Build.props"), "eng/odd.txt");
        string[] before = Everything(git.Root);
        StringAssert.Contains(
            git.Guard("init", "--yes", "--ci", "gitlab", "--ci", "azure", "--ci", "github").Output,
            "Note: Directory.Build.props is a link to what is no project file of this repository; add to it by hand: <PackageReference");
        Assert.AreEqual("<Project />", File.ReadAllText(Path.Combine(git.Root, "eng", "odd.txt")));
        Assert.AreEqual(0, git.Guard("init", "--undo", "--yes").ExitCode);
        CollectionAssert.AreEqual(before, Everything(git.Root));
        Assert.ThrowsExactly<InvalidOperationException>(() => new InitRecord([], []).Add(new FileChange("src/Program.cs", null, "", "")));
    }

    [TestMethod]
    public void A_record_that_was_edited_is_one_line()
    {
        using GitSandbox git = Repository();
        git.Guard("init", "--yes", "--no-hooks");
        File.WriteAllText(Path.Combine(git.Root, ".buildguard", "init.json"), "{}");
        Result refused = git.Guard("init", "--undo", "--yes");
        Assert.AreEqual(125, refused.ExitCode);
        StringAssert.Contains(refused.ErrorLine, $"BG0022: the repository was not changed, or not whole: {git.Root}/.buildguard/init.json was edited and cannot be understood");
    }
}
