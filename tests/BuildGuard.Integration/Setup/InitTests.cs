using BuildGuard.Integration.Harness;

namespace BuildGuard.Integration.Setup;

/// <summary>Whatever <c>init</c> finds of central versions, the repository restores afterwards, with the package in every project.</summary>
[TestClass]
public sealed class InitTests
{
    private const string Sdk = "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>";
    private const string Switch = "<ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>";

    [TestMethod]
    [DataRow("elsewhere")]
    [DataRow("imported")]
    [DataRow("mixed")]
    [DataRow("off")]
    [DataRow("hidden")]
    [DataRow("version")]
    public void A_repository_restores_after_init(string kind)
    {
        using var workspace = new Workspace();
        workspace.Write("a/A.csproj", Sdk);
        workspace.Write("b/B.csproj", Sdk);
        switch (kind)
        {
            case "elsewhere":
                workspace.Write("Directory.Build.props", Common($"{Switch}<DirectoryPackagesPropsPath>$(MSBuildThisFileDirectory)eng/Packages.props</DirectoryPackagesPropsPath>"));
                workspace.Write("eng/Packages.props", "<Project />");
                break;
            case "imported":
                workspace.Write("Directory.Build.props", Common("", "<Import Project=\"eng/Common.props\" />"));
                workspace.Write("eng/Common.props", $"<Project><PropertyGroup>{Switch}</PropertyGroup></Project>");
                workspace.Write("Directory.Packages.props", "<Project />");
                break;
            case "mixed":
                workspace.Write("b/Directory.Packages.props", $"<Project><PropertyGroup>{Switch}</PropertyGroup></Project>");
                break;
            case "off":
                workspace.Write("Directory.Packages.props", $"<Project><PropertyGroup>{Switch}</PropertyGroup></Project>");
                workspace.Write("b/B.csproj", Sdk.Replace("</PropertyGroup>", "<ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally></PropertyGroup>", StringComparison.Ordinal));
                break;
            case "hidden":
                workspace.Write("b/Directory.Build.props", Common(""));
                break;
            default:
                workspace.Write("Directory.Packages.props", $"<Project><PropertyGroup>{Switch}</PropertyGroup><ItemGroup><PackageVersion Include=\"BuildGuard\" Version=\"{Package.Version}\" /></ItemGroup></Project>");
                break;
        }

        using RunningCommand init = workspace.StartHelper("init", "--yes");
        Result done = init.Wait().Succeeds();
        Assert.DoesNotContain("Note: not guarded", done.Output);
        foreach (string project in (string[])["a", "b"])
        {
            workspace.Dotnet("restore", project, "-warnaserror", "-v", "q").Succeeds();
            StringAssert.Contains(File.ReadAllText(workspace.PathOf($"{project}/obj/project.assets.json")), $"\"BuildGuard/{Package.Version}\"", $"{kind}: {project} is not guarded");
        }
    }

    /// <summary>What <c>init</c> says of lock files is so, and what it names does it.</summary>
    [TestMethod]
    public void A_locked_restore_works_again_after_what_init_names()
    {
        using var workspace = new Workspace();
        workspace.Write("a/A.csproj", Sdk.Replace("</PropertyGroup>", "<RestorePackagesWithLockFile>true</RestorePackagesWithLockFile></PropertyGroup>", StringComparison.Ordinal));
        workspace.Dotnet("restore", "a", "-v", "q").Succeeds();
        foreach (string[] line in (string[][])[["init", "--yes"], ["init", "--undo", "--yes"]])
        {
            using RunningCommand init = workspace.StartHelper(line);
            StringAssert.Contains(init.Wait().Succeeds().Output, "fails with NU1004 until 'dotnet restore --force-evaluate' of a/A.csproj has renewed it");
            Result locked = workspace.Dotnet("restore", "a", "--locked-mode", "-v", "q");
            Assert.AreEqual(1, locked.ExitCode);
            StringAssert.Contains(locked.Output, "NU1004");
            workspace.Dotnet("restore", "a/A.csproj", "--force-evaluate", "-v", "q").Succeeds();
            workspace.Dotnet("restore", "a", "--locked-mode", "-v", "q").Succeeds();
        }
    }

    private static string Common(string properties, string rest = "") =>
        $"<Project><PropertyGroup><NuGetAudit>false</NuGetAudit>{properties}</PropertyGroup>{rest}</Project>";
}
