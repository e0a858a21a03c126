namespace BuildGuard.Integration.Setup;

/// <summary>NuGet's folder of packages under a name that means something to MSBuild.</summary>
[TestClass]
public sealed class PackageFolderTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    /// <summary>Every character that NuGet and MSBuild themselves bear there.</summary>
    [TestMethod]
    [DataRow("it's")]
    [DataRow("packages (x86)")]
    [DataRow("100% of $x, *?&#@=+[]{}~^`|<>\"!")]
    public void ServesUnderAnyNameThatNuGetReads(string name)
    {
        Restore(name);

        _workspace.Dotnet("build", "app", "--no-restore", "-warnaserror").Succeeds().NeverSays("MSB");

        Assert.ContainsSingle(_workspace.Audit.Acquired("session"));
        Assert.ContainsSingle(_workspace.Audit.Acquired("operation"));
    }

    /// <summary>NuGet asks MSBuild, unescaped, whether the package's files exist, and imports none of them, of no package.</summary>
    [TestMethod]
    [DataRow("100%25")]
    [DataRow("$(x)")]
    public void WhatNuGetCannotReadIsNotImported(string name)
    {
        Restore(name);

        Assert.AreEqual("", _workspace.Dotnet("msbuild", "app", "-getProperty:UsingBuildGuard").Succeeds().Output.Trim());
    }

    /// <summary>There the SDK fails by itself; a project that imports the files is guarded.</summary>
    [TestMethod]
    [DataRow("a;b")]
    [DataRow("it's (x86)")]
    public void ServesWhereItIsImported(string name)
    {
        CopyPackage(name);
        var build = Workspace.Escape(_workspace.PathOf(name)) + "/build";
        _workspace.Write("a.proj", $"<Project DefaultTargets=\"Build\"><Import Project=\"{build}/BuildGuard.props\" /><Target Name=\"Build\"><Exec Command=\"true\" /></Target><Import Project=\"{build}/BuildGuard.targets\" /></Project>");

        _workspace.Build("a.proj").Succeeds();

        Assert.ContainsSingle(_workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    public void AChosenTaskAssemblyServesUnderAnyName()
    {
        CopyPackage("it's (mine)");
        _workspace.WriteBare("a.proj", "<BuildGuardTaskAssembly>it%27s (mine)/tools/tasks/net8.0/BuildGuard.Tasks.dll</BuildGuardTaskAssembly>", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");

        _workspace.Build("a.proj").Succeeds();

        Assert.ContainsSingle(_workspace.Audit.Acquired("operation"));
    }

    private void Restore(string name)
    {
        _workspace.WriteReferencing("app/app.csproj", "<TargetFramework>net10.0</TargetFramework>", "<Target Name=\"Step\" AfterTargets=\"CoreCompile\"><Exec Command=\"true\" /></Target>");
        _workspace.Environment["NUGET_PACKAGES"] = _workspace.PathOf("packages/" + name);
        _workspace.Dotnet("restore", "app").Succeeds();
        Assert.IsTrue(Directory.Exists(_workspace.PathOf($"packages/{name}/buildguard")));
    }

    private void CopyPackage(string name)
    {
        using var copy = _workspace.Start("cp", ["-r", Package.Folder, _workspace.PathOf(name)], _workspace.Environment);
        copy.Wait().Succeeds();
    }
}
