using System.Text.Json;
using BuildGuard.Cli.Init;
using static BuildGuard.Cli.Tests.InitTests;

namespace BuildGuard.Cli.Tests;

/// <summary>A reference is a line in the manner of the file that it goes into; one that is there already is raised or stays.</summary>
[TestClass]
public sealed class InitReferenceTests
{
    private const string Switch = "<PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>";

    private static readonly string Own = CommandLine.CommandTree.Version;

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
}
