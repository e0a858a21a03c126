using System.IO.Compression;

namespace BuildGuard.Integration.Matrix;

/// <summary>Where the package is referenced, and where it is not.</summary>
[TestClass]
[DoNotParallelize]
public sealed class InstallTests : IDisposable
{
    private const string Framework = "<TargetFramework>net10.0</TargetFramework>";
    private const string Step = "<Target Name=\"Step\" AfterTargets=\"CoreCompile\"><Exec Command=\"true\" /></Target>";

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void OneProjectOfASolutionGivesItItsTurnAndIsAloneInItsOperations()
    {
        _workspace.WriteReferencing("with/with.csproj", Framework, Step);
        _workspace.Write("without/without.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup>{Framework}</PropertyGroup>{Step}</Project>");
        _workspace.Write("all.slnx", "<Solution><Project Path=\"with/with.csproj\" /><Project Path=\"without/without.csproj\" /></Solution>");

        _workspace.Dotnet("build", "all.slnx", "-warnaserror").Succeeds();

        Assert.ContainsSingle(_workspace.Audit.Acquired("session"));
        Assert.ContainsSingle(_workspace.Audit.Acquired("operation"));
    }

    /// <summary>As the guide says to reference it. NuGet leaves out what is private to the project.</summary>
    [TestMethod]
    public void APackedLibraryNamesNoGuard()
    {
        _workspace.Write("lib/lib.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup>{Framework}</PropertyGroup><ItemGroup><PackageReference Include=\"BuildGuard\" Version=\"{Package.Version}\" PrivateAssets=\"all\" /></ItemGroup></Project>");

        _workspace.Dotnet("pack", "lib", "-o", "out").Succeeds();

        using var package = ZipFile.OpenRead(Packed());
        Assert.IsFalse(Nuspec(package).Contains("BuildGuard", StringComparison.OrdinalIgnoreCase));
        Assert.IsFalse(package.Entries.Any(entry => entry.FullName.StartsWith("build", StringComparison.OrdinalIgnoreCase) || entry.FullName.Contains("guard", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>The package is a development dependency, of which NuGet knows that consumers have no use for it.</summary>
    [TestMethod]
    public void TheCommandThatAddsThePackageKeepsItPrivate()
    {
        _workspace.Write("lib/lib.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup>{Framework}</PropertyGroup></Project>");

        _workspace.Dotnet("add", "lib", "package", "BuildGuard", "--version", Package.Version).Succeeds();

        StringAssert.Contains(File.ReadAllText(_workspace.PathOf("lib/lib.csproj")), "<PrivateAssets>all</PrivateAssets>");
        _workspace.Dotnet("pack", "lib", "-o", "out").Succeeds();
        using var package = ZipFile.OpenRead(Packed());
        Assert.IsFalse(Nuspec(package).Contains("BuildGuard", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Referenced without PrivateAssets the guard is named as a dependency, as every package of build logic is. Consumers
    /// download it and are not guarded, nor is there anything of it in what they build.
    /// </summary>
    [TestMethod]
    public void ConsumersOfALibraryThatDoesNotKeepItPrivateAreNotAffected()
    {
        _workspace.Write("lib/lib.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup>{Framework}<PackageId>Affected</PackageId></PropertyGroup><ItemGroup><PackageReference Include=\"BuildGuard\" Version=\"{Package.Version}\" /></ItemGroup></Project>");
        _workspace.Dotnet("pack", "lib", "-o", "out").Succeeds();
        using (var package = ZipFile.OpenRead(Packed()))
        {
            StringAssert.Contains(Nuspec(package), $"<dependency id=\"BuildGuard\" version=\"{Package.Version}\" exclude=\"Build,Analyzers\" />");
        }

        var stateOfPacking = _workspace.Audit.Events.Count;
        _workspace.Write("nuget.config", $"<configuration><packageSources><clear /><add key=\"out\" value=\"{_workspace.PathOf("out")}\" /><add key=\"local\" value=\"{Package.Feed}\" /></packageSources></configuration>");
        _workspace.Environment["NUGET_PACKAGES"] = _workspace.PathOf("packages");
        _workspace.Write("app/app.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup>{Framework}<OutputType>Exe</OutputType><UseAppHost>false</UseAppHost></PropertyGroup><ItemGroup><PackageReference Include=\"Affected\" Version=\"1.0.0\" /></ItemGroup>{Step}</Project>");
        _workspace.Write("app/Program.cs", "System.Console.WriteLine();");
        _workspace.Dotnet("publish", "app", "-warnaserror").Succeeds().NeverSays("BG");

        Assert.AreEqual("", _workspace.Dotnet("msbuild", "app", "-getProperty:UsingBuildGuard").Succeeds().Output.Trim());
        Assert.HasCount(stateOfPacking, _workspace.Audit.Events);
        var published = Directory.GetFiles(_workspace.PathOf("app/bin"), "*", SearchOption.AllDirectories);
        Assert.IsTrue(published.Any(file => file.EndsWith("lib.dll", StringComparison.Ordinal)));
        Assert.IsFalse(published.Any(file => Path.GetFileName(file).Contains("guard", StringComparison.OrdinalIgnoreCase)));
        Assert.IsFalse(File.ReadAllText(_workspace.PathOf("app/bin/Release/net10.0/app.deps.json")).Contains("tools/", StringComparison.Ordinal));
    }

    private string Packed() => Assert.ContainsSingle(Directory.GetFiles(_workspace.PathOf("out"), "*.nupkg"));

    private static string Nuspec(ZipArchive package)
    {
        using var reader = new StreamReader(package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
        return reader.ReadToEnd();
    }
}
