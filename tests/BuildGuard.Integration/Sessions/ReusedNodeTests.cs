using BuildGuard.Integration.Matrix;

namespace BuildGuard.Integration.Sessions;

/// <summary>A build whose nodes were there before it descends from none that it could stand in.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ReusedNodeTests : IDisposable
{
    private const string Remedy = "or build with -nodeReuse:false";

    private readonly Workspace _workspace = new();
    private readonly OwnServers _servers;

    public ReusedNodeTests()
    {
        _servers = new OwnServers(_workspace);
        _workspace.WriteBare("a.proj", "", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");
        _workspace.Environment["MSBUILDDISABLENODEREUSE"] = "0";
    }

    public void Dispose()
    {
        _servers.End();
        _workspace.Dispose();
    }

    [TestMethod]
    [DataRow("1", "-nodeReuse:true", true)]
    [DataRow("1", "-nodeReuse:false", false)]
    [DataRow("0", "-nodeReuse:true", false)]
    public void ThatItMayWaitForItselfIsSaidWhereItMay(string noNodeOfItsOwn, string reuse, bool isSaid)
    {
        _workspace.Environment["MSBUILDNOINPROCNODE"] = noNodeOfItsOwn;
        using var holder = _workspace.StartHelper("run", "--", "sh", "-c", "touch held; until [ -e go ]; do sleep 0.05; done");
        Deadline.Until(() => File.Exists(_workspace.PathOf("held")), TimeSpan.FromSeconds(60), () => holder.Output);

        using var build = _workspace.StartDotnet("msbuild", "-nologo", "a.proj", reuse);
        Deadline.Until(() => build.Output.Contains("BG1001", StringComparison.Ordinal), TimeSpan.FromSeconds(60), () => build.Output);
        _workspace.Write("go", "");

        var result = build.Wait().Succeeds();
        Assert.AreEqual(isSaid, result.Output.Contains(Remedy, StringComparison.Ordinal), result.ToString());
    }
}
