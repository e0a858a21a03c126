namespace BuildGuard.Integration.Setup;

/// <summary>The ways the package comes into a project, and where it may lie.</summary>
[TestClass]
public sealed class FormTests : IDisposable
{
    private const string Properties = "<PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>";
    private const string Target = "<Target Name=\"Mark\" AfterTargets=\"Build\"><Exec Command=\"true\" /></Target>";

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void AsAnSdk()
    {
        _workspace.Write("a/a.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><Sdk Name=\"BuildGuard\" Version=\"{Package.Version}\" />{Properties}{Target}</Project>");
        IsGuardedOnce("a");
    }

    [TestMethod]
    public void AsAnSdkAndAPackageReferenceAtOnce()
    {
        _workspace.Write("a/a.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><Sdk Name=\"BuildGuard\" Version=\"{Package.Version}\" />{Properties}<ItemGroup><PackageReference Include=\"BuildGuard\" Version=\"{Package.Version}\" /></ItemGroup>{Target}</Project>");
        IsGuardedOnce("a");
    }

    [TestMethod]
    public void AsAnSdkAndAGlobalPackageReferenceAtOnce()
    {
        WriteGlobalReference();
        _workspace.Write("a/a.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><Sdk Name=\"BuildGuard\" Version=\"{Package.Version}\" />{Properties}{Target}</Project>");
        IsGuardedOnce("a");
    }

    [TestMethod]
    public void AsAGlobalPackageReference()
    {
        WriteGlobalReference();
        _workspace.Write("a/a.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\">{Properties}{Target}</Project>");
        IsGuardedOnce("a");
    }

    [TestMethod]
    public void DoesNotFlowToTheConsumersOfALibrary()
    {
        _workspace.WriteReferencing("lib/lib.csproj", "<TargetFramework>net10.0</TargetFramework>");
        _workspace.Write("app/app.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\">{Properties}<ItemGroup><ProjectReference Include=\"../lib/lib.csproj\" /></ItemGroup></Project>");
        _workspace.Dotnet("restore", "app", "-v", "q").Succeeds();

        Assert.AreEqual("true", _workspace.Dotnet("msbuild", "lib", "-getProperty:UsingBuildGuard").Succeeds().Output.Trim());
        Assert.AreEqual("", _workspace.Dotnet("msbuild", "app", "-getProperty:UsingBuildGuard").Succeeds().Output.Trim());
    }

    [TestMethod]
    public void TheFrameworkDependentHelperServesToo()
    {
        _workspace.WriteBare("a.proj", $"<BuildGuardHelperPath>{Workspace.Escape(Package.Folder)}/tools/any/buildguard.dll</BuildGuardHelperPath>", "<Target Name=\"Build\"><Exec Command=\"echo $BUILDGUARD_LEASE; exit 3\" IgnoreExitCode=\"true\"><Output TaskParameter=\"ExitCode\" PropertyName=\"Code\" /></Exec><Message Importance=\"high\" Text=\"code $(Code)\" /></Target>");

        _workspace.Build("a.proj").Succeeds().Says("code 3");
        Assert.HasCount(1, _workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    [DataRow("with space")]
    [DataRow("semi;colon")]
    [DataRow("it's")]
    [DataRow("100%25")]
    [DataRow("$(x)")]
    [DataRow("@(y)")]
    [DataRow("grün 漢")]
    public void AnyPathOfAProjectServes(string name)
    {
        using var workspace = new Workspace(name);
        workspace.WriteBare("a.proj", "", "<Target Name=\"Build\"><Exec Command=\"echo in $BUILDGUARD_LEASE\" /></Target>");

        workspace.Build("a.proj").Succeeds();

        Assert.HasCount(1, workspace.Audit.Acquired("session"));
        Assert.HasCount(1, workspace.Audit.Acquired("operation"));
    }

    private void WriteGlobalReference() => _workspace.Write("Directory.Packages.props", $"<Project><PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup><ItemGroup><GlobalPackageReference Include=\"BuildGuard\" Version=\"{Package.Version}\" /></ItemGroup></Project>");

    private void IsGuardedOnce(string project)
    {
        _workspace.Dotnet("build", project, "-warnaserror").Succeeds();

        Assert.HasCount(1, _workspace.Audit.Acquired("session"));
        Assert.HasCount(1, _workspace.Audit.Acquired("operation"));
    }
}
