using System.IO.Compression;

namespace BuildGuard.Integration.Matrix;

/// <summary>Where the package is referenced, and where it is not.</summary>
[TestClass]
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

        using var package = ZipFile.OpenRead(Assert.ContainsSingle(Directory.GetFiles(_workspace.PathOf("out"), "*.nupkg")));
        var nuspec = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal));
        using var reader = new StreamReader(nuspec.Open());
        Assert.IsFalse(reader.ReadToEnd().Contains("BuildGuard", StringComparison.OrdinalIgnoreCase));
        Assert.IsFalse(package.Entries.Any(entry => entry.FullName.StartsWith("build", StringComparison.OrdinalIgnoreCase) || entry.FullName.Contains("guard", StringComparison.OrdinalIgnoreCase)));
    }
}
