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

    /// <summary>They import what is above them, may not have a version in a reference where theirs are central (NU1008), and get the package.</summary>
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Projects_of_others_that_a_file_reaches_are_named_and_restore_with_central_versions_too(bool hasGit)
    {
        using GitSandbox git = Repository();
        git.GitIn(git.Elsewhere, [], "init", "-q", Path.Combine(git.Root, "packages/lib")).Succeeds();
        File.WriteAllText(Path.Combine(git.Root, "packages/lib/L.csproj"), "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Fill(Path.Combine(git.Root, "generated"));
        File.WriteAllText(Path.Combine(git.Root, ".gitignore"), "/generated/\n/obj/\n");
        Fill(Path.Combine(git.Root, "obj/made"));
        if (hasGit)
        {
            File.Delete(Path.Combine(git.Root, "generated/Directory.Build.props"));
        }
        else
        {
            // Then nothing says what is ignored.
            Directory.Delete(Path.Combine(git.Root, ".git"), recursive: true);
            Directory.Delete(Path.Combine(git.Root, "generated"), recursive: true);
            Directory.Move(Path.Combine(git.Root, "packages"), Path.Combine(git.Root, "vendor"));
        }

        const string Above = "not of this repository (of another one inside it, or ignored) and";
        string expected = hasGit
            ? $"Note: packages/lib/L.csproj and 1 more are {Above} import Directory.Build.props from above: they get the package, too; a Directory.Build.props in the folder keeps it out\n"
            : $"Note: vendor/lib/L.csproj is {Above} imports Directory.Build.props from above: it gets the package, too; a Directory.Build.props in the folder keeps it out\n";
        foreach (string line in (string[])["--dry-run", "--yes"])
        {
            StringAssert.Contains(git.Run(git.Root, [.. Helper.Program, "init", line, "--no-hooks"], [("GIT_CEILING_DIRECTORIES", git.Elsewhere)]).Output, expected);
        }

        StringAssert.Contains(File.ReadAllText(Path.Combine(git.Root, "Directory.Build.props")), "PrivateAssets=\"all\" Condition=\"'$(ManagePackageVersionsCentrally)' != 'true'\" />");
    }

    [TestMethod]
    public void In_a_submodule_it_is_the_submodule_and_its_own_directory_in_git_is_no_working_tree()
    {
        using var git = new GitSandbox();
        string library = Path.Combine(git.Elsewhere, "library");
        git.GitIn(git.Elsewhere, [], "init", "-q", library).Succeeds();
        git.Commit(directory: library).Succeeds();
        git.Git("submodule", "--quiet", "add", library, "ext/lib").Succeeds();
        string inside = Path.Combine(git.Root, "ext/lib"), own = Path.Combine(git.Root, ".git/modules/ext/lib");
        string[] before = Everything(git.Root);
        foreach (string where in (string[])[own, Path.Combine(own, "hooks")])
        {
            Result refused = git.GuardIn(where, "init", "--yes");
            Assert.AreEqual(125, refused.ExitCode, refused.Output);
            StringAssert.Contains(refused.ErrorLine, $"there is no working tree here: {own} is git's own directory. Remedy: go to a working tree of it, as {inside} [");
            CollectionAssert.AreEqual(before, Everything(git.Root));
        }

        Result done = git.GuardIn(inside, "init", "--yes");
        Assert.AreEqual(0, done.ExitCode, done.Error);
        StringAssert.StartsWith(done.Output, $"Done in {inside}:\n");
        StringAssert.Contains(done.Output, $"Note: this is a submodule of {git.Root}, which stays as it is: commit here what is written, and there the submodule\n");
        Assert.AreEqual(0, git.GuardIn(inside, "init", "--undo", "--yes").ExitCode);
        CollectionAssert.AreEqual(before.Where(Untouched).ToArray(), Everything(git.Root).Where(Untouched).ToArray());

        // git rewrites its index when it is asked.
        bool Untouched(string entry) => !entry.Contains("/index ", StringComparison.Ordinal);
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
