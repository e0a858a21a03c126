namespace BuildGuard.Integration.Setup;

/// <summary>What a build was told, and where, is logged once at the importance that was chosen.</summary>
[TestClass]
public sealed class InputLogTests : IDisposable
{
    private const string Loud = "-p:BuildGuardLogImportance=high";

    private readonly Workspace _workspace = new();

    [TestInitialize]
    public void WriteProjects()
    {
        _workspace.Write("buildguard.json", "{ \"maxProcesses\": 33 }");
        _workspace.Environment["BUILDGUARD_STALL"] = "7m";
        foreach (var name in (string[])["one", "two", "three"])
        {
            _workspace.WriteBare(name + ".proj", "\n<BuildGuardExec>true</BuildGuardExec><BuildGuardTimeout>9m</BuildGuardTimeout>", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");
        }

        _workspace.Write("all.proj", "<Project><Target Name=\"Build\"><MSBuild Projects=\"one.proj;two.proj;three.proj\" BuildInParallel=\"true\" /></Target></Project>");
    }

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    [DataRow("Build")]
    [DataRow("Operation")]
    public void EachOnceWithItsSource(string hold)
    {
        var result = _workspace.Build("all.proj", "-m:2", Loud, "-p:BuildGuardMaxMemory=3G", "-p:BuildGuardHold=" + hold).Succeeds().NeverSays("warning");

        foreach (var line in (string[])
        [
            "MaxMemory=3G (property BuildGuardMaxMemory)", $"MaxProcesses=33 ({_workspace.PathOf("buildguard.json")})", "Stall=7m (BUILDGUARD_STALL)",
            "Timeout=9m (property BuildGuardTimeout)", "Slots=1 (default)", $"Hold={hold} (global property)", "LogImportance=high (global property)", "Tests=true (default)",
        ])
        {
            Assert.AreEqual(1, result.CountOf("BuildGuard: [input] " + line), line + result);
        }

        // Which of the projects is the first is not ours to say.
        Assert.AreEqual(3, result.CountOf("BuildGuard: [input] Exec=true ("), result.ToString());
        result.Says($"Exec=true ({_workspace.PathOf("one.proj")}(3))");
    }

    [TestMethod]
    public void AtNoLessThanTheChosenImportance()
    {
        _workspace.Build("all.proj").Succeeds().NeverSays("[input]");
        _workspace.Build("all.proj", "-p:BuildGuardLogImportance=normal").Succeeds().NeverSays("[input]");
        _workspace.Build("all.proj", "-p:BuildGuardLogImportance=normal", "-v:normal").Succeeds().Says("[input]").Says("BuildGuard: [decision] helper");
    }

    [TestMethod]
    public void ProjectsThatDifferAreBothHeard()
    {
        _workspace.Write("deep/buildguard.json", "{ \"maxProcesses\": 44 }");
        _workspace.WriteBare("deep/two.proj", "<BuildGuardTimeout>8m</BuildGuardTimeout>", "<Target Name=\"Build\" />");
        _workspace.Write("all.proj", "<Project><Target Name=\"Build\"><MSBuild Projects=\"one.proj;deep/two.proj\" /></Target></Project>");

        var result = _workspace.Build("all.proj", Loud).Succeeds();

        foreach (var line in (string[])["Timeout=9m", "Timeout=8m", "MaxProcesses=33", "MaxProcesses=44", "Slots=1"])
        {
            Assert.AreEqual(1, result.CountOf("BuildGuard: [input] " + line + " ("), line + result);
        }
    }
}
