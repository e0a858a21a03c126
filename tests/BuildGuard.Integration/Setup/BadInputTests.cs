using System.Text.RegularExpressions;

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
    [DataRow("MaxMemory", "a;b%3b(c)", "Build")]
    [DataRow("MaxMemory", "lots", "Operation")]
    [DataRow("Exec", "Foo", "Build")]
    public void AnUnknownValueOfAFileIsAnErrorOfThatPlace(string name, string value, string hold)
    {
        _workspace.Write("own.props", $"<Project>\n<PropertyGroup>\n<BuildGuard{name}>{value}</BuildGuard{name}></PropertyGroup></Project>");
        foreach (var project in (string[])["b", "c"])
        {
            _workspace.WriteBare(project + ".proj", "", "<Import Project=\"own.props\" /><Target Name=\"Build\"><Exec Command=\"touch ran\" /></Target>");
        }

        // Without a session each command says it.
        _workspace.Build(hold == "Build" ? "both.proj" : "b.proj", "-m:2", "-p:BuildGuardHold=" + hold).FailsWith("BG0003")
            .Says($"{_workspace.PathOf("own.props")}(3): error BG0003: ").Says($"{name}='{value.Replace("%3b", ";", StringComparison.Ordinal)}'");
    }

    /// <summary>MSBuild says of no property which of the lines that set it has won.</summary>
    [TestMethod]
    public void OfSeveralLinesTheOneWithTheUnknownValueIsAtFault()
    {
        _workspace.Write("own.props", """
            <Project><PropertyGroup>
            <Amount>lots</Amount><BuildGuardMaxMemory>4G</BuildGuardMaxMemory>
            <BuildGuardMaxMemory>
              $(Amount) </BuildGuardMaxMemory>
            <BuildGuardMaxMemory Condition="'$(IsLarge)' == 'true'">8G</BuildGuardMaxMemory>
            </PropertyGroup></Project>
            """);
        _workspace.WriteBare("one.proj", "<BuildGuardMaxMemory>2G</BuildGuardMaxMemory>", "<Import Project=\"own.props\" /><Target Name=\"Build\"><Exec Command=\"touch ran\" /></Target>");
        _workspace.Build("one.proj").FailsWith("BG0003").Says($"{_workspace.PathOf("own.props")}(3): error BG0003: ");

        _workspace.Write("own.props", "<Project><PropertyGroup><BuildGuardMaxMemory>4G</BuildGuardMaxMemory></PropertyGroup></Project>");
        _workspace.WriteBare("one.proj", "", "<Import Project=\"own.props\" />\n<PropertyGroup><BuildGuardMaxMemory>lots</BuildGuardMaxMemory></PropertyGroup><Target Name=\"Build\"><Exec Command=\"touch ran\" /></Target>");
        _workspace.Build("one.proj").FailsWith("BG0003").Says($"{_workspace.PathOf("one.proj")}(5): error BG0003: ");
    }

    [TestMethod]
    [DataRow("BuildGuardMaxMemory")]
    [DataRow("BuildGuardHold")]
    [DataRow("BUILDGUARD_MAX_MEMORY")]
    public void AnUnknownValueOfTheEnvironmentIsAnErrorOfThat(string name)
    {
        _workspace.Environment[name] = "lots";
        _workspace.Build("both.proj", "-m:2").FailsWith("BG0003").Says("environment : error BG0003: ").Says("='lots'").Says(name).NeverSays("Session.proj(");
    }

    /// <summary>It makes a link of the code besides, which a reader of the log and an editor follow, and some terminals do not show.</summary>
    [TestMethod]
    public void TheTerminalLoggerShowsTheHelpLinkOnce()
    {
        var output = _workspace.Build("b.proj", "-tl:on", "-p:BuildGuardMaxMemory=lots").Output;

        StringAssert.Contains(output, "\e]8;;https://github.com/buildguard/buildguard/blob/main/docs/messages.md#bg0003\e\\BG0003\e]8;;\e\\");
        Assert.HasCount(1, Regex.Matches(Regex.Replace(output, @"\e]8;;.*?\e\\", ""), "messages.md#bg0003"), output);
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
