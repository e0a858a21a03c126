namespace BuildGuard.Integration.Setup;

/// <summary>Properties that are set after the package's targets, as in Directory.Build.targets, decide as those set before.</summary>
[TestClass]
public sealed class LatePropertyTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void InDirectoryBuildTargetsTheSwitchGuardsNothing()
    {
        _workspace.Write("Directory.Build.targets", "<Project><PropertyGroup><BuildGuardEnabled>false</BuildGuardEnabled></PropertyGroup></Project>");
        _workspace.WriteReferencing("lib/lib.csproj", "<TargetFramework>net10.0</TargetFramework>", "<Target Name=\"Mine\" AfterTargets=\"Build\"><Exec Command=\"echo 'lease is ['$BUILDGUARD_LEASE']'\" /></Target>");

        var result = _workspace.Dotnet("build", "lib", "-warnaserror").Succeeds().Says("lease is []");

        Assert.AreEqual(1, result.CountOf("BG0002"), result.ToString());
        Assert.IsEmpty(_workspace.Audit.Named("acquired"));
    }

    [TestMethod]
    public void Enabled()
    {
        Write("<BuildGuardEnabled>false</BuildGuardEnabled>");
        _workspace.Build("a.proj", "-warnaserror").Succeeds().Says("lease is []").Says("console is [real]").Says("BG0002");
        Assert.IsEmpty(_workspace.Audit.Named("acquired"));
    }

    [TestMethod]
    public void EnabledAgain()
    {
        Write("<BuildGuardEnabled>true</BuildGuardEnabled>", "<BuildGuardEnabled>false</BuildGuardEnabled>");
        _workspace.Build("a.proj").Succeeds().NeverSays("lease is []").NeverSays("console is [real]").NeverSays("BG0002");
        Assert.HasCount(1, _workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    public void Exec()
    {
        Write("<BuildGuardExec>false</BuildGuardExec>");
        _workspace.Build("a.proj").Succeeds();
        Assert.IsEmpty(_workspace.Audit.Acquired("operation"));
        Assert.HasCount(1, _workspace.Audit.Acquired("session"));
    }

    [TestMethod]
    public void Tests()
    {
        Write("<BuildGuardTests>false</BuildGuardTests>");
        _workspace.Build("a.proj").Succeeds().Says("console is [real]");
    }

    [TestMethod]
    public void HelperPath()
    {
        Write("<BuildGuardHelperPath>none/helper</BuildGuardHelperPath>");
        _workspace.Build("a.proj").FailsWith("BG0001").Says(_workspace.PathOf("none/helper"));
    }

    [TestMethod]
    public void Hold()
    {
        Write("<BuildGuardHold>Operation</BuildGuardHold>");
        _workspace.Build("a.proj").Succeeds();
        Assert.IsEmpty(_workspace.Audit.Acquired("session"));
    }

    [TestMethod]
    public void SessionBeforeTargets()
    {
        Write("<BuildGuardSessionBeforeTargets>Mine</BuildGuardSessionBeforeTargets>");
        _workspace.Build("a.proj", "-t:Mine").Succeeds();
        Assert.HasCount(1, _workspace.Audit.Acquired("session"));
    }

    /// <summary>The one that cannot follow.</summary>
    [TestMethod]
    public void TaskAssemblyIsRefused()
    {
        Write("<BuildGuardTaskAssembly>other.dll</BuildGuardTaskAssembly>");
        _workspace.Build("a.proj").FailsWith("BG0003").Says("BuildGuardTaskAssembly='other.dll'").Says("Directory.Build.props");
    }

    private void Write(string after, string before = "")
    {
        _workspace.WriteBare("a.proj", before, """
            <PropertyGroup><VSTestConsolePath>real</VSTestConsolePath></PropertyGroup>
            <Target Name="Build" DependsOnTargets="VSTest"><Exec Command="echo 'lease is ['$BUILDGUARD_LEASE']'" /></Target>
            <Target Name="VSTest"><Message Importance="high" Text="console is [$(VSTestConsolePath)]" /></Target>
            <Target Name="Mine" />
            """);
        var text = File.ReadAllText(_workspace.PathOf("a.proj"));
        _workspace.Write("a.proj", text.Replace("</Project>", $"<PropertyGroup>{after}</PropertyGroup></Project>", StringComparison.Ordinal));
    }
}
