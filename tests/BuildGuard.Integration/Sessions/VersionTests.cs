using System.IO.Compression;

namespace BuildGuard.Integration.Sessions;

/// <summary>Two versions of the package meet: in one build, and on one queue.</summary>
[TestClass]
[DoNotParallelize]
public sealed class VersionTests : IDisposable
{
    private const string Newer = "99.1.0-beta.2";

    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(60);
    private static readonly Workspace s_packages = new();
    private readonly Workspace _workspace = new();

    /// <summary>A folder of packages as NuGet makes it, with this version and one that is packed from the same source as a newer one.</summary>
    [ClassInitialize]
    public static void PackNewer(TestContext context)
    {
        _ = context;
        Package.Pack(s_packages, Package.PackingEnvironment(s_packages), [$"-p:Version={Newer}", "-p:BuildGuardNativeHelper=false", $"-p:ArtifactsRoot={s_packages.PathOf("artifacts")}/"]);
        ZipFile.ExtractToDirectory(Directory.GetFiles(s_packages.PathOf("artifacts/packages"), "*.nupkg").Single(), FolderOf(Newer));
        File.SetUnixFileMode(FolderOf(Newer) + "/tools/linux-x64/buildguard", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(Package.Folder, "*", SearchOption.AllDirectories))
        {
            var copy = FolderOf(Package.Version) + file[Package.Folder.Length..];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [ClassCleanup]
    public static void RemovePackages() => s_packages.Dispose();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    [DataRow("one;two", "-m:1")]
    [DataRow("two;one", "-m:1")]
    [DataRow("one;two", "-m:2")]
    [DataRow("two;one", "-m:2 -mt")]
    public void OneBuildHasOneSessionWhateverItsProjectsReference(string order, string switches)
    {
        const string Targets = "<Target Name=\"Build\"><Exec Command=\"true\" /><Exec Command=\"true\" /></Target>";
        Write("one.proj", Package.Version, Targets);
        Write("two.proj", Newer, Targets);
        _workspace.Write("all.proj", $"<Project><Target Name=\"Build\"><MSBuild Projects=\"{order.Replace(";", ".proj;", StringComparison.Ordinal)}.proj\" BuildInParallel=\"true\" /></Target></Project>");

        var build = _workspace.Build("all.proj", ["-warnaserror", .. switches.Split(' ')]).Succeeds();

        Assert.AreEqual(1, build.CountOf($"BG0009: projects of this build reference BuildGuard {Package.Version} and {Newer}"), build.ToString());
        var session = Assert.ContainsSingle(_workspace.Audit.Acquired("session")).GetProperty("lease").GetString();
        var operations = _workspace.Audit.Acquired("operation");
        Assert.HasCount(4, operations);
        Assert.IsTrue(operations.All(operation => operation.GetProperty("lease").GetString()!.StartsWith(session + "/", StringComparison.Ordinal)));
    }

    /// <summary>The first version in the folder has the anchor that all ask, and an isolated build refuses what it does not know.</summary>
    [TestMethod]
    [DataRow("-graph -isolate")]
    [DataRow("-isolate")]
    [DataRow("-graph -isolate -p:BuildGuardMaxMemry=4G")]
    public void AnIsolatedBuildAsksTheAnchorOfAnotherVersion(string switches)
    {
        Write("two.proj", Newer, "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");

        _workspace.Build("two.proj", switches.Split(' ')).Succeeds();

        Assert.ContainsSingle(_workspace.Audit.Acquired("session"));
    }

    [TestMethod]
    public void BuildsOfDifferentVersionsTakeTurns()
    {
        var go = _workspace.PathOf("go");
        Write("one.proj", Newer, $"<Target Name=\"Build\"><Exec Command=\"echo &gt; started; until [ -e {go} ]; do sleep 0.05; done\" /></Target>");
        Write("two.proj", Package.Version, "<Target Name=\"Build\"><Exec Command=\"test -e go\" /></Target>");

        using var first = _workspace.StartDotnet("msbuild", "-nologo", "one.proj");
        Deadline.Until(() => File.Exists(_workspace.PathOf("started")), s_start, () => "the first build runs its command");
        using var second = _workspace.StartDotnet("msbuild", "-nologo", "two.proj");
        Deadline.Until(() => _workspace.Audit.Named("enqueued").Count == 1, s_start, () => "the second build waits");
        File.WriteAllText(go, "");

        first.Wait().Succeeds();
        second.Wait().Succeeds().Says("BG1001").Says("one.proj").NeverSays("BG0009");
        Assert.HasCount(2, _workspace.Audit.Acquired("session"));
    }

    private static string FolderOf(string version) => s_packages.PathOf("packages/buildguard/" + version);

    private void Write(string file, string version, string targets) => _workspace.Write(file, $"""
        <Project DefaultTargets="Build">
          <Import Project="{Workspace.Escape(FolderOf(version))}/build/BuildGuard.props" />
          {targets}
          <Import Project="{Workspace.Escape(FolderOf(version))}/build/BuildGuard.targets" />
        </Project>
        """);
}
