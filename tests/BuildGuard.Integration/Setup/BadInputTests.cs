namespace BuildGuard.Integration.Setup;

/// <summary>Bad input gives one clear error and no half-guarded build.</summary>
[TestClass]
public sealed class BadInputTests : IDisposable
{
    private readonly Workspace _workspace = new();

    [TestInitialize]
    public void WriteProjects()
    {
        // Two projects, because an error that each of them says is said too often.
        _workspace.WriteBare("a.proj", "", "<Target Name=\"Build\" DependsOnTargets=\"Others\"><Exec Command=\"touch ran\" /></Target><Target Name=\"Others\"><MSBuild Projects=\"b.proj;c.proj\" BuildInParallel=\"true\" /></Target>");
        _workspace.WriteBare("b.proj", "", "<Target Name=\"Build\"><Exec Command=\"touch ran\" /></Target>");
        _workspace.WriteBare("c.proj", "", "<Target Name=\"Build\"><Exec Command=\"touch ran\" /></Target>");
        _workspace.WriteBare("both.proj", "<BuildGuardEnabled>false</BuildGuardEnabled>", "<Target Name=\"Build\"><MSBuild Projects=\"b.proj;c.proj\" BuildInParallel=\"true\" /></Target>");
    }

    public void Dispose() => _workspace.Dispose();

    [TestCleanup]
    public void NothingWasRun() => Assert.IsFalse(File.Exists(_workspace.PathOf("ran")), "A command was run.");

    [TestMethod]
    [DataRow("Hold", "Foo")]
    [DataRow("Enabled", "maybe")]
    [DataRow("Exec", "1")]
    [DataRow("Tests", "on")]
    [DataRow("Run", "nope")]
    [DataRow("LogImportance", "loud")]
    [DataRow("Lock", "../x")]
    [DataRow("Slots", "0")]
    [DataRow("Preflight", "later")]
    [DataRow("MinFreeMemory", "lots")]
    [DataRow("MaxLoad", "high")]
    [DataRow("MaxMemory", "lots")]
    [DataRow("MaxProcesses", "-1")]
    [DataRow("MaxOpenFiles", "x")]
    [DataRow("Timeout", "soon")]
    [DataRow("Stall", "5m:maybe")]
    public void AnUnknownValueIsRefusedByName(string name, string value)
    {
        _workspace.Environment.Remove("BUILDGUARD_PREFLIGHT");

        _workspace.Build("both.proj", "-m:2", "-p:BuildGuardPreflight=off", $"-p:BuildGuard{name}={value}")
            .FailsWith("BG0003").Says("BuildGuard" + name).Says(value).Says("command line : error BG0003: ").Says("messages.md#bg0003]").NeverSays("Session.proj(");
    }

    [TestMethod]
    public void AMissingTaskAssemblyIsNamed() =>
        _workspace.Build("b.proj", "-p:BuildGuardTaskAssembly=no/such/tasks.dll").FailsWith("BG0001").Says("no/such/tasks.dll").Says("BuildGuardTaskAssembly");

    [TestMethod]
    [DataRow("no assembly")]
    [DataRow("")]
    public void ATaskAssemblyThatIsNoneIsNamed(string text)
    {
        _workspace.Write("tasks.dll", text);
        _workspace.Build("b.proj", "-p:BuildGuardTaskAssembly=tasks.dll").FailsWith("BG0001").Says(_workspace.PathOf("tasks.dll")).Says("BuildGuardTaskAssembly");
    }

    [TestMethod]
    [DataRow("Build")]
    [DataRow("Operation")]
    public void AMistakeInTheFileIsAnErrorOfThatPlace(string hold)
    {
        _workspace.Write("buildguard.json", "{\n  \"hold\": \"Operation\" }");
        _workspace.Build("b.proj", "-p:BuildGuardHold=" + hold).FailsWith("BG0004")
            .Says($"{_workspace.PathOf("buildguard.json")}(2,3): error BG0004: there is no setting 'hold' in this file: only the MSBuild property BuildGuardHold sets that");
    }

    /// <summary>It would be found out on the day when the stronger source is gone.</summary>
    [TestMethod]
    public void AnUnknownValueIsRefusedAlsoWhereAStrongerSourceHasSpoken()
    {
        _workspace.Environment["BUILDGUARD_SLOTS"] = "1";

        _workspace.Build("b.proj", "-p:BuildGuardSlots=many").FailsWith("BG0003").Says("BuildGuardSlots").Says("many");
    }

    [TestMethod]
    public void AMissingHelperIsNamedWithTheRemedy() =>
        _workspace.Build("a.proj", "-p:BuildGuardHelperPath=no/such/helper")
            .FailsWith("BG0001").Says(_workspace.PathOf("no/such/helper")).Says("Restore the package again");

    [TestMethod]
    public void AMissingHelperIsNamedWithoutASessionToo() =>
        _workspace.Build("b.proj", "-p:BuildGuardHelperPath=no/such/helper", "-p:BuildGuardHold=Operation")
            .FailsWith("BG0001").Says(_workspace.PathOf("no/such/helper"));

    [TestMethod]
    public void AHelperThatIsNoProgramIsNamed()
    {
        _workspace.Write("text", "no program");
        _workspace.Build("a.proj", "-p:BuildGuardHelperPath=text").FailsWith("BG0001").Says(_workspace.PathOf("text"));
    }

    [TestMethod]
    public void AStateDirectoryThatCannotBeIsRefused()
    {
        _workspace.Write("file", "");
        _workspace.Environment["BUILDGUARD_STATE_DIR"] = _workspace.PathOf("file");

        var result = _workspace.Build("a.proj");

        Assert.AreNotEqual(0, result.ExitCode, result.ToString());
        Assert.AreEqual(1, result.CountOf("error BG001"), result.ToString());
        result.Says(_workspace.PathOf("file"));
    }

    [TestMethod]
    public void AStateDirectoryThatOthersMayWriteToIsRefused()
    {
        var open = _workspace.PathOf("open");
        Directory.CreateDirectory(open);
        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111);
        _workspace.Environment["BUILDGUARD_STATE_DIR"] = open;

        _workspace.Build("a.proj").FailsWith("BG0010").Says(open);
    }
}
