using BuildGuard.Cli.CommandLine;

namespace BuildGuard.Cli.Tests;

/// <summary>A repository whose restore is locked is told what <c>init</c> does to that, before and after, and what renews the lock files.</summary>
[TestClass]
public sealed class InitLockFileTests
{
    private const string Project = "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework><RestorePackagesWithLockFile>true</RestorePackagesWithLockFile></PropertyGroup></Project>";
    private const string Locked = "{\n  \"version\": 1,\n  \"dependencies\": {\n    \"net10.0\": {}\n  }\n}";
    private const string Why = "a restore in locked mode (RestoreLockedMode, --locked-mode) fails with NU1004 until 'dotnet restore --force-evaluate' of ";

    private static readonly string Own = CommandTree.Version;

    [TestMethod]
    public void It_is_said_in_the_plan_and_of_what_was_done_and_taken_back()
    {
        using var git = new GitSandbox();
        Write(git, "a/A.csproj", Project);
        Write(git, "a/packages.lock.json", Locked);
        Write(git, "web/package-lock.json", Locked);
        string note = $"Note: a/packages.lock.json does not have BuildGuard {Own}: {Why}a/A.csproj has renewed it\n";
        StringAssert.Contains(git.Guard("init", "--dry-run", "--no-hooks").Output, note);
        StringAssert.Contains(git.Guard("init", "--yes", "--no-hooks").Output, note);

        // Taken back before it was renewed, it is what it has to be.
        Assert.DoesNotContain("Note", git.Guard("init", "--undo", "--dry-run").Output);
        Write(git, "a/packages.lock.json", Locked.Replace("{}", $"{{\"BuildGuard\": {{\n \"type\": \"Direct\",\n \"resolved\": \"{Own}\" }} }}", StringComparison.Ordinal));
        string undone = $"Note: a/packages.lock.json still has BuildGuard: {Why}a/A.csproj has renewed it\n";
        StringAssert.Contains(git.Guard("init", "--undo", "--dry-run").Output, undone);
        StringAssert.Contains(git.Guard("init", "--undo", "--yes").Output, undone);

        // What it has already needs no renewal.
        Assert.DoesNotContain("NU1004", git.Guard("init", "--yes", "--no-hooks").Output);
    }

    [TestMethod]
    public void A_raised_version_is_as_much_another_one_and_what_is_not_reached_is_not_named()
    {
        using var git = new GitSandbox();
        string old = Locked.Replace("{}", "{ \"BuildGuard\": { \"type\": \"Direct\", \"requested\": \"[0.0.1, )\", \"resolved\": \"0.0.1\" } }", StringComparison.Ordinal);
        foreach (string name in (string[])["a/A", "b/B"])
        {
            Write(git, name + ".csproj", Project);
            Write(git, Path.GetDirectoryName(name) + "/packages.lock.json", old);
        }

        Write(git, "a/Directory.Build.props", "<Project><ItemGroup><PackageReference Include=\"BuildGuard\" Version=\"0.0.1\" /></ItemGroup></Project>");
        Write(git, "b/Directory.Build.props", $"<Project><ItemGroup><PackageReference Include=\"BuildGuard\" Version=\"{Own}\" /></ItemGroup></Project>");
        StringAssert.Contains(git.Guard("init", "--dry-run", "--no-hooks").Output, $"Note: a/packages.lock.json does not have BuildGuard {Own}: {Why}a/A.csproj has renewed it\n");
        Write(git, "b/Directory.Build.props", File.ReadAllText(Path.Combine(git.Root, "a/Directory.Build.props")));
        StringAssert.Contains(git.Guard("init", "--dry-run", "--no-hooks").Output, $"Note: a/packages.lock.json and 1 more do not have BuildGuard {Own}: {Why}a/A.csproj and 1 more has renewed them\n");
    }

    private static void Write(GitSandbox git, string file, string text)
    {
        string path = Path.Combine(git.Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
