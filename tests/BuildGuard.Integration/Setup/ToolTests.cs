namespace BuildGuard.Integration.Setup;

/// <summary>The program as a .NET tool, installed from nothing but what packing leaves.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ToolTests
{
    [TestMethod]
    [DataRow("true")]
    [DataRow("false")]
    public void It_is_installed_offline_and_runs(string native)
    {
        using var workspace = new Workspace("a 'tool'");
        var feed = workspace.PathOf("feed");

        // What the other tests use stays native.
        string[] options = native == "true" ? [] : ["-p:BuildGuardNativeHelper=false", WithoutLinker.SameArtifacts];
        Package.Pack(workspace, Package.PackingEnvironment(workspace), ["-v", "q", "-o", feed, .. options], "BuildGuard.Tool");
        Assert.IsTrue(File.Exists(Path.Combine(feed, $"BuildGuard.Tool.any.{Package.Version}.nupkg")), "the form for every machine is missing");

        workspace.Write("nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>");
        workspace.Environment["NUGET_PACKAGES"] = workspace.PathOf("packages");
        workspace.Environment["DOTNET_CLI_HOME"] = workspace.PathOf("home");
        workspace.Dotnet("tool", "install", "--tool-path", workspace.PathOf("tools"), "--add-source", feed, "BuildGuard.Tool").Succeeds();

        var tool = workspace.PathOf("tools/buildguard");
        workspace.Start(tool, ["--version"], workspace.Environment).Wait().Succeeds().Says(Package.Version);
        workspace.Start(tool, ["run", "true"], workspace.Environment).Wait().Succeeds();
        Assert.HasCount(1, workspace.Audit.Acquired("operation"));
    }
}
