using System.Text.Json;
using static BuildGuard.Cli.Tests.InitTests;

namespace BuildGuard.Cli.Tests;

/// <summary>A reference of the package goes where MSBuild says that it reaches a project, and what it does not reach is said.</summary>
[TestClass]
public sealed class InitPackageTests
{
    private const string Sdk = "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>";
    private const string Switch = "<ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>";

    private static readonly string Global = $"<GlobalPackageReference Include=\"BuildGuard\" Version=\"{CommandLine.CommandTree.Version}\" />";
    private static readonly string Plain = $"<PackageReference Include=\"BuildGuard\" Version=\"{CommandLine.CommandTree.Version}\" PrivateAssets=\"all\" />";
    private static readonly string Conditional = Plain.Replace(" />", " Condition=\"'$(ManagePackageVersionsCentrally)' != 'true'\" />", StringComparison.Ordinal);

    [TestMethod]
    public void Central_versions_in_a_file_elsewhere_get_it()
    {
        using GitSandbox git = With(
            ("Directory.Build.props", $"<Project><PropertyGroup>{Switch}<DirectoryPackagesPropsPath>$(MSBuildThisFileDirectory)eng/Packages.props</DirectoryPackagesPropsPath></PropertyGroup></Project>"),
            ("eng/Packages.props", "<Project />"), ("a/A.csproj", Sdk));
        Init(git);
        Has(git, "eng/Packages.props", Global);
        HasNot(git, "Directory.Build.props", "BuildGuard");
        NothingMore(git);
    }

    [TestMethod]
    public void The_switch_counts_wherever_it_is_imported_from()
    {
        using GitSandbox git = With(
            ("Directory.Build.props", "<Project><Import Project=\"eng/Common.props\" /></Project>"),
            ("eng/Common.props", $"<Project><PropertyGroup>{Switch}</PropertyGroup></Project>"),
            ("Directory.Packages.props", "<Project />"), ("a/A.csproj", Sdk));
        Init(git);
        Has(git, "Directory.Packages.props", Global);
        HasNot(git, "Directory.Build.props", "BuildGuard");
        NothingMore(git);
    }

    [TestMethod]
    public void Projects_with_and_without_central_versions_get_one_each()
    {
        using GitSandbox git = With(
            ("a/A.csproj", Sdk), ("b/B.csproj", Sdk), ("b/Directory.Packages.props", $"<Project><PropertyGroup>{Switch}</PropertyGroup></Project>"));
        Init(git);
        Has(git, "b/Directory.Packages.props", Global);
        Has(git, "Directory.Build.props", Conditional);
        NothingMore(git);
    }

    [TestMethod]
    public void A_project_that_switches_central_versions_off_gets_it_too()
    {
        using GitSandbox git = With(
            ("Directory.Packages.props", $"<Project><PropertyGroup>{Switch}</PropertyGroup><ItemGroup>{Global}</ItemGroup></Project>"),
            ("a/A.csproj", Sdk), ("b/B.csproj", Sdk.Replace("</PropertyGroup>", "<ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally></PropertyGroup>", StringComparison.Ordinal)));
        Init(git);
        Has(git, "Directory.Build.props", Conditional);
        NothingMore(git);
    }

    [TestMethod]
    public void What_a_nearer_file_hides_from_the_one_in_the_root_is_put_there()
    {
        using GitSandbox git = With(
            ("Directory.Build.props", $"<Project><ItemGroup>{Plain}</ItemGroup></Project>"), ("a/A.csproj", Sdk),
            ("src/Directory.Build.props", "<Project />"), ("src/b/B.csproj", Sdk));
        Init(git);
        Has(git, "src/Directory.Build.props", Plain);
        NothingMore(git);
    }

    [TestMethod]
    public void A_version_alone_is_no_reference_and_is_used_by_the_one_that_is_added()
    {
        using GitSandbox git = With(
            ("Directory.Packages.props", $"<Project><PropertyGroup>{Switch}</PropertyGroup><ItemGroup><PackageVersion Include=\"BuildGuard\" Version=\"{CommandLine.CommandTree.Version}\" /></ItemGroup></Project>"),
            ("a/A.csproj", Sdk));
        Init(git);
        Has(git, "Directory.Packages.props", "<PackageReference Include=\"BuildGuard\" PrivateAssets=\"all\" />");
        NothingMore(git);
    }

    [TestMethod]
    [DataRow("Directory.Build.props", "<Project>ITEMS</Project>")]
    [DataRow("a/A.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\">ITEMS</Project>")]
    public void A_reference_that_does_not_take_effect_is_named_with_the_projects(string file, string text)
    {
        string items = $"<ItemGroup Condition=\"false\">{Plain}</ItemGroup>";
        using GitSandbox git = With(("a/A.csproj", Sdk), (file, text.Replace("ITEMS", items, StringComparison.Ordinal)));
        string[] before = Everything(git.Root);
        Result planned = git.Guard("init", "--dry-run", "--no-hooks");
        StringAssert.Contains(planned.Output, $"Note: {file} references BuildGuard, which does not take effect for a/A.csproj: look at its condition\nNote: not guarded: a/A.csproj\n");
        JsonElement done = git.Guard("init", "--yes", "--no-hooks", "--json").Json;
        Assert.AreEqual("a/A.csproj", done.GetProperty("unguarded").EnumerateArray().Single().GetString());
        Assert.AreEqual(text.Replace("ITEMS", items, StringComparison.Ordinal), File.ReadAllText(Path.Combine(git.Root, file)));
    }

    /// <summary>MSBuild is asked again when it is written: who turned out not to be reached is named.</summary>
    [TestMethod]
    public void Projects_that_import_nothing_from_above_are_said_to_be_unguarded()
    {
        using GitSandbox git = With(
            ("a/A.csproj", Sdk), ("b/B.csproj", Sdk.Replace("<TargetFramework>", "<ImportDirectoryBuildProps>false</ImportDirectoryBuildProps><TargetFramework>", StringComparison.Ordinal)),
            ("b/Directory.Build.rsp", "-p:ImportDirectoryBuildProps=false"));
        Result done = git.Guard("init", "--yes", "--no-hooks");
        Assert.AreEqual(0, done.ExitCode, done.Error);
        Assert.DoesNotContain("Note: not guarded: a/A", done.Output);
        StringAssert.Contains(done.Output, "Note: not guarded: b/B.csproj\n");
    }

    /// <summary>Where MSBuild cannot be asked, what is written is such that it is right whatever it would have said.</summary>
    [TestMethod]
    public void Without_dotnet_the_text_decides_and_that_is_said()
    {
        using GitSandbox git = With(
            ("Directory.Build.props", "<Project><Import Project=\"eng/Common.props\" /></Project>"),
            ("eng/Common.props", $"<Project><PropertyGroup>{Switch}</PropertyGroup></Project>"), ("a/A.csproj", Sdk));
        string bin = Directory.CreateDirectory(Path.Combine(git.Elsewhere, "bin")).FullName;
        GitSandbox.WriteProgram(Path.Combine(bin, "dotnet"), "#!/bin/sh\necho 'MSBUILD : error MSB1001: Unknown switch.'\nexit 1\n");
        string[] program = Helper.Program[0] == "dotnet" ? [HooksTests.Find("dotnet"), .. Helper.Program[1..]] : Helper.Program;
        Result done = git.Run(git.Root, [.. program, "init", "--yes", "--no-hooks"], [("PATH", $"{bin}:{Environment.GetEnvironmentVariable("PATH")}")]);
        Assert.AreEqual(0, done.ExitCode, done.Error);
        StringAssert.Contains(done.Output, "Note: MSBuild was not asked, or did not say, what every project references (MSBUILD : error MSB1001: Unknown switch.): the text of the files decided");
        Has(git, "Directory.Build.props", Conditional);
        Has(git, "Directory.Build.props", Global);
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

    private static void Init(GitSandbox git)
    {
        Result done = git.Guard("init", "--yes", "--no-hooks");
        Assert.AreEqual(0, done.ExitCode, done.Error);
        Assert.DoesNotContain("Note: ", done.Output);
    }

    private static void Has(GitSandbox git, string file, string text) => StringAssert.Contains(File.ReadAllText(Path.Combine(git.Root, file)), text);

    private static void HasNot(GitSandbox git, string file, string text) => Assert.DoesNotContain(text, File.ReadAllText(Path.Combine(git.Root, file)));

    private static void NothingMore(GitSandbox git) => Assert.AreEqual($"Nothing to do in {git.Root}.\n", git.Guard("init", "--yes", "--no-hooks").Output);
}
