using System.Text.Json;
using static BuildGuard.Cli.Tests.InitTests;

namespace BuildGuard.Cli.Tests;

/// <summary>What <c>init</c> touches ends where git says that the repository ends.</summary>
[TestClass]
public sealed class InitBoundsTests
{
    private const string Project = "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><PackageReference Include=\"xunit\" Version=\"2.9.0\" /></ItemGroup></Project>\n";

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Submodules_and_repositories_inside_stay_as_they_are(bool hasGit)
    {
        using GitSandbox git = Repository();
        string library = Path.Combine(git.Elsewhere, "library");
        git.GitIn(git.Elsewhere, [], "init", "-q", library).Succeeds();
        Fill(library);
        git.GitIn(library, [], "add", ".").Succeeds();
        git.GitIn(library, [], "commit", "-q", "-m", "x").Succeeds();
        git.Git("submodule", "--quiet", "add", library, "ext/lib").Succeeds();
        git.GitIn(git.Elsewhere, [], "clone", "-q", library, Path.Combine(git.Root, "nested/lib")).Succeeds();
        if (!hasGit)
        {
            Directory.Move(Path.Combine(git.Root, ".git"), Path.Combine(git.Elsewhere, "aside"));
        }

        string[] before = [.. Everything(Path.Combine(git.Root, "ext")), .. Everything(Path.Combine(git.Root, "nested"))];
        Result done = git.Run(git.Root, [.. Helper.Program, "init", "--yes", "--no-hooks"], [("GIT_CEILING_DIRECTORIES", git.Elsewhere)]);
        Assert.AreEqual(0, done.ExitCode, done.Error);
        CollectionAssert.AreEqual(before, (string[])[.. Everything(Path.Combine(git.Root, "ext")), .. Everything(Path.Combine(git.Root, "nested"))]);
        Assert.IsTrue(File.Exists(Path.Combine(git.Root, "tests/xunit.runner.json")));

        // Theirs import it too, and may not have a version in a reference where versions are managed centrally (NU1008).
        StringAssert.Contains(File.ReadAllText(Path.Combine(git.Root, "Directory.Build.props")), "PrivateAssets=\"all\" Condition=\"'$(ManagePackageVersionsCentrally)' != 'true'\" />");
    }

    [TestMethod]
    public void What_git_ignores_stays_as_it_is_and_what_it_keeps_all_the_same_does_not()
    {
        using GitSandbox git = Repository();
        Fill(Path.Combine(git.Root, "generated"));
        Fill(Path.Combine(git.Root, "packages"));
        git.Git("add", "-f", "packages").Succeeds();
        File.WriteAllText(Path.Combine(git.Root, ".gitignore"), "/generated/\n/packages/\n");
        string[] before = Everything(Path.Combine(git.Root, "generated"));
        JsonElement done = git.Guard("init", "--yes", "--no-hooks", "--json").Json;
        CollectionAssert.AreEqual(before, Everything(Path.Combine(git.Root, "generated")));
        CollectionAssert.Contains(done.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("path").GetString()).ToArray(), "packages/xunit.runner.json");
    }

    [TestMethod]
    [DataRow(".git")]
    [DataRow(".git/hooks")]
    [DataRow("../bare")]
    public void Without_a_working_tree_nothing_is_done(string directory)
    {
        using GitSandbox git = Repository();
        git.GitIn(git.Elsewhere, [], "init", "-q", "--bare", "bare").Succeeds();
        string where = Path.GetFullPath(Path.Combine(git.Root, directory));
        string[] before = Everything(git.Elsewhere);
        foreach (string[] line in (string[][])[["--dry-run"], ["--yes"], ["--undo", "--yes"]])
        {
            Result refused = git.GuardIn(where, ["init", .. line]);
            Assert.AreEqual(125, refused.ExitCode, refused.Output);
            string own = directory == "../bare" ? where : Path.Combine(git.Root, ".git");
            StringAssert.Contains(refused.ErrorLine, $"BG0022: the repository was not changed, or not whole: there is no working tree here: {own} is git's own directory. Remedy: go to a working tree of it");
        }

        CollectionAssert.AreEqual(before, Everything(git.Elsewhere));
    }

    private static void Fill(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project>\n</Project>\n");
        File.WriteAllText(Path.Combine(folder, "Lib.csproj"), Project);
    }
}
