namespace BuildGuard.Integration.Setup;

/// <summary>Switching the guard off, with the one line that says so.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SwitchTests : IDisposable
{
    private readonly Workspace _workspace = new();

    [TestInitialize]
    public void WriteProjects()
    {
        _workspace.WriteBare("a.proj", "", "<Target Name=\"Build\"><Exec Command=\"echo 'lease is ['$BUILDGUARD_LEASE']'\" /><MSBuild Projects=\"b.proj\" /></Target>");
        _workspace.WriteBare("b.proj", "", "<Target Name=\"Build\"><Exec Command=\"echo 'lease is ['$BUILDGUARD_LEASE']'\" /></Target>");
    }

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    [DataRow("Build")]
    [DataRow("Operation")]
    public void TheVariableGuardsNothingAndSaysSoOnce(string hold)
    {
        _workspace.Environment["BUILDGUARD_DISABLE"] = "1";

        var result = _workspace.Build("a.proj", "-warnaserror", "-m:2", "-p:BuildGuardHold=" + hold).Succeeds();

        Assert.AreEqual(1, result.CountOf("BG0002"), result.ToString());
        Assert.AreEqual(2, result.CountOf("lease is []"), result.ToString());
        result.Says("BUILDGUARD_DISABLE");
        Assert.IsEmpty(_workspace.Audit.Named("acquired"));
        IsNotedOnce("BUILDGUARD_DISABLE");
    }

    /// <summary>No target that the guard knows runs there.</summary>
    [TestMethod]
    public void ATargetOfOnesOwnSaysThatTheVariableGuardsNothing()
    {
        _workspace.WriteBare("own.proj", "", "<Target Name=\"Own\"><Exec Command=\"true\" /><Exec Command=\"echo 'lease is ['$BUILDGUARD_LEASE']'\" /></Target>");
        _workspace.Environment["BUILDGUARD_DISABLE"] = "1";

        var result = _workspace.Build("own.proj", "-t:Own", "-warnaserror").Succeeds().Says("lease is []");

        Assert.AreEqual(1, result.CountOf("BG0002"), result.ToString());
        IsNotedOnce("BUILDGUARD_DISABLE");
    }

    [TestMethod]
    [DataRow("BUILDGUARD_DISABLE", "1")]
    [DataRow("BuildGuardEnabled", "false")]
    public void WhoRunsAnApplicationUnguardedIsToldSo(string variable, string value)
    {
        _workspace.WriteReferencing("app/app.csproj", "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>");
        _workspace.Write("app/Program.cs", "System.Console.WriteLine(\"it ran\");");
        _workspace.Environment[variable] = value;

        var run = _workspace.Dotnet("run", "--project", "app").Succeeds().Says("it ran");

        Assert.AreEqual(1, run.CountOf("BG0002"), run.ToString());
    }

    /// <summary>The Terminal Logger shows no messages, and who asks for results as JSON gets none.</summary>
    [TestMethod]
    [DataRow("BUILDGUARD_DISABLE", "1", "-tl:on")]
    [DataRow("BuildGuardEnabled", "false", "-tl:on")]
    [DataRow("BuildGuardEnabled", "false", "-tl:on -m:2 -warnaserror")]
    [DataRow("BUILDGUARD_DISABLE", "1", "-getTargetResult:Build")]
    [DataRow("BuildGuardEnabled", "false", "--getProperty:BuildGuardHold -t:Build")]
    public void WhateverShowsTheBuildShowsThatNothingIsGuarded(string variable, string value, string switches)
    {
        _workspace.Environment[variable] = value;

        var result = _workspace.Build("a.proj", switches.Split(' ')).Succeeds().NeverSays("warning");

        Assert.AreEqual(1, result.Says(variable).CountOf("(BG0002) nothing is guarded"), result.ToString());
    }

    [TestMethod]
    public void TheTerminalLoggerShowsAMisspeltPropertyToo() =>
        _workspace.Build("a.proj", "-tl:on", "-p:BuildGuardMaxMemry=4G").Succeeds().Says("(BG0015) the property BuildGuardMaxMemry is none of BuildGuard's").Says("messages.md#bg0015]");

    [TestMethod]
    public void ThePropertyGuardsNothingAndSaysSoOnce()
    {
        var result = _workspace.Build("a.proj", "-warnaserror", "-m:2", "-p:BuildGuardEnabled=false").Succeeds();

        Assert.AreEqual(1, result.CountOf("BG0002"), result.ToString());
        Assert.AreEqual(2, result.CountOf("lease is []"), result.ToString());
        result.Says("BuildGuardEnabled=false");

        IsNotedOnce("BuildGuardEnabled=false");
    }

    /// <summary>Whoever switches the guard off may do so because it is broken.</summary>
    [TestMethod]
    public void WhatCannotBeNotedIsNoConcernOfTheBuild()
    {
        File.WriteAllText(_workspace.StateDirectory, "no directory");
        var quiet = _workspace.Build("a.proj", "-warnaserror", "-p:BuildGuardEnabled=false").Succeeds();
        Assert.AreEqual(1, quiet.CountOf("BG0"), quiet.ToString());
        _workspace.Build("a.proj", "-warnaserror", "-p:BuildGuardEnabled=false", "-p:BuildGuardHelperPath=none").Succeeds();
        _workspace.Environment["BUILDGUARD_DISABLE"] = "1";
        _workspace.Build("a.proj", "-warnaserror", "-p:BuildGuardHelperPath=none").Succeeds();
    }

    [TestMethod]
    public void AMisspeltVariableIsSaidOnceAndFailsNoBuild()
    {
        _workspace.Environment["BUILDGUARD_MEMROY"] = "4G";

        var result = _workspace.Build("a.proj", "-warnaserror", "-m:2").Succeeds();

        Assert.AreEqual(1, result.CountOf("BG0015"), result.ToString());
        result.Says("did you mean 'BUILDGUARD_MAX_MEMORY'?");
    }

    [TestMethod]
    public void AMisspeltPropertyOnTheCommandLineIsSaidOnceAndFailsNoBuild()
    {
        var result = _workspace.Build("a.proj", "-warnaserror", "-m:2", "-p:BuildGuardMaxMemry=4G", "-p:BuildGuardSlots=1").Succeeds();

        Assert.AreEqual(1, result.CountOf("BG0015"), result.ToString());
        result.Says("the property BuildGuardMaxMemry is none of BuildGuard's and does nothing; did you mean 'BuildGuardMaxMemory'? [https://");
    }

    /// <summary>MSBuild makes properties of them. Settings of the helper, and what only begins alike, are none of these.</summary>
    [TestMethod]
    [DataRow("BuildGuardMaxMemroy", "MaxMemory")]
    [DataRow("BUILDGUARDMAXMEMROY", "MaxMemory")]
    public void AMisspeltPropertyInTheEnvironmentIsSaidOnceAndFailsNoBuild(string name, string meant)
    {
        _workspace.Environment[name] = "4G";

        var result = _workspace.Build("a.proj", "-warnaserror", "-m:2").Succeeds();

        Assert.AreEqual(1, result.CountOf("BG0015"), result.ToString());
        result.Says($"the property {name} in the environment is none of BuildGuard's and does nothing; did you mean 'BuildGuard{meant}'? [https://");
    }

    [TestMethod]
    public void WhatIsNoMisspeltPropertyInTheEnvironmentIsNotSaid()
    {
        foreach (var name in (string[])["BUILDGUARD_MAX_MEMORY", "BuildGuardSlots", "BUILDGUARDSLOTS", "BuildGuardVersion", "BUILDGUARDVERSION", "BuildGuardianName", "BUILDGUARDIAN_URL", "BUILDGUARD", "BuildGuard_MaxMemry"])
        {
            _workspace.Environment[name] = "1";
        }

        _workspace.Environment["BUILDGUARD_MAX_MEMORY"] = "1G";
        _workspace.Build("a.proj", "-warnaserror", "-m:2").Succeeds().NeverSays("BG0015");
    }

    [TestMethod]
    public void WhereNothingIsNearAllPropertiesAreNamed() =>
        _workspace.Build("a.proj", "-p:BuildGuardXyzzy=1").Succeeds().Says("they are: BuildGuardEnabled, ").Says("BuildGuardMaxMemory, ");

    [TestMethod]
    public void AMisspeltPropertyInAFileIsSaidOnceWithItsPlace()
    {
        _workspace.Write("Directory.Build.props", "<Project>\n<PropertyGroup>\n<BuildGuardMaxMemry>4G</BuildGuardMaxMemry><BuildGuardVersion>1</BuildGuardVersion><BuildGuardianName>x</BuildGuardianName></PropertyGroup>\n<ItemGroup><BuildGuardThing Include=\"a\" /></ItemGroup></Project>");
        foreach (var project in (string[])["one", "two"])
        {
            _workspace.WriteBare(project + ".proj", "", "<Import Project=\"Directory.Build.props\" /><Target Name=\"Build\" />");
        }

        _workspace.Write("all.proj", "<Project><Target Name=\"Build\"><MSBuild Projects=\"one.proj;two.proj\" BuildInParallel=\"true\" /></Target></Project>");
        var result = _workspace.Build("all.proj", "-warnaserror", "-m:2").Succeeds();

        Assert.AreEqual(1, result.CountOf("BG0015"), result.ToString());
        result.Says($"BuildGuardMaxMemry in {_workspace.PathOf("Directory.Build.props")}(3) is none of BuildGuard's").Says("BuildGuardMaxMemory");
    }

    [TestMethod]
    public void OneProjectCanBeLeftOut()
    {
        _workspace.WriteBare("b.proj", "<BuildGuardEnabled>false</BuildGuardEnabled>", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");

        _workspace.Build("a.proj").Succeeds();

        Assert.HasCount(1, _workspace.Audit.Acquired("session"));
        Assert.HasCount(1, _workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    public void ExecCanBeLeftOut()
    {
        _workspace.Build("a.proj", "-p:BuildGuardExec=false").Succeeds();

        Assert.HasCount(1, _workspace.Audit.Acquired("session"));
        Assert.IsEmpty(_workspace.Audit.Acquired("operation"));
    }

    private void IsNotedOnce(string reason)
    {
        // The build does not wait for it.
        Deadline.Until(() => _workspace.Audit.Events.Count > 0, TimeSpan.FromSeconds(30), () => "nothing was written down");
        var noted = Assert.ContainsSingle(_workspace.Audit.Named("degraded"));
        Assert.HasCount(1, _workspace.Audit.Events);
        Assert.AreEqual("BG0002", noted.GetProperty("code").GetString());
        StringAssert.Contains(noted.GetProperty("reason").GetString(), reason);
        StringAssert.Contains(noted.GetProperty("label").GetString(), "msbuild");
    }
}
