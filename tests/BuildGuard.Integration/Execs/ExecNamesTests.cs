namespace BuildGuard.Integration.Execs;

/// <summary>Every way to name the Exec task is guarded, and what stands in the guard's way is warned of.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ExecNamesTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    [DataRow("Exec")]
    [DataRow("exec")]
    [DataRow("EXEC")]
    [DataRow("Microsoft.Build.Tasks.Exec")]
    [DataRow("microsoft.build.tasks.exec")]
    [DataRow("Tasks.Exec")]
    public void IsGuarded(string name)
    {
        _workspace.WriteBare("a.proj", "", $"<Target Name=\"Build\"><{name} Command=\"exit 3\" IgnoreExitCode=\"true\"><Output TaskParameter=\"ExitCode\" PropertyName=\"Code\" /></{name}><Message Importance=\"high\" Text=\"code $(Code)\" /></Target>");
        foreach (var engine in (string[][])[[], ["-mt", "-m:2"]])
        {
            _workspace.Build("a.proj", engine).Succeeds().Says("code 3").NeverSays("MSB4275").NeverSays("warning");
        }

        Assert.HasCount(2, _workspace.Audit.Acquired("operation"));
    }

    /// <summary>MSBuild runs the project's own initial targets before those of what it imports.</summary>
    [TestMethod]
    public void InAnInitialTargetOfTheProjectItselfItIsSaid()
    {
        _workspace.WriteBare("a.proj", "", "<Target Name=\"Mine\"><Exec Command=\"exit 3\" IgnoreExitCode=\"true\" /></Target><Target Name=\"Build\" />");
        File.WriteAllText(_workspace.PathOf("a.proj"), File.ReadAllText(_workspace.PathOf("a.proj")).Replace("<Project", "<Project InitialTargets=\"Mine\"", StringComparison.Ordinal));
        _workspace.Build("a.proj").Succeeds().Says("(BG0023) an Exec in ").NeverSays("warning");
        Assert.IsEmpty(_workspace.Audit.Acquired("operation"));
        _workspace.Build("a.proj", "-p:BuildGuardSessionBeforeTargets=Mine").Succeeds().NeverSays("BG0023");
        Assert.HasCount(1, _workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    public void AnotherOneThatIsReadFirstIsUsedAndWarnedOf()
    {
        WriteOther("<Import Project=\"other/other.targets\" />", "");
        _workspace.Build("a.proj").Succeeds()
            .Says("the other one")
            .Says($"{_workspace.PathOf("other/other.targets")}(2): warning BG0017: Exec replaces the Exec task")
            .NeverSays("MSB4275");
        Assert.IsEmpty(_workspace.Audit.Acquired("operation"));
        Assert.HasCount(1, _workspace.Audit.Acquired("session"));
    }

    [TestMethod]
    public void AnotherOneThatIsReadLaterIsWarnedOf()
    {
        WriteOther("", "<Import Project=\"$(MSBuildThisFileDirectory)other/other.targets\" />");
        _workspace.Build("a.proj").Succeeds().NeverSays("the other one").Says("(2): warning BG0017: ").NeverSays("MSB4275");
        Assert.HasCount(1, _workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    public void ExecIsLeftToTheOtherOneWithoutAWarning()
    {
        WriteOther("<Import Project=\"other/other.targets\" />", "");
        _workspace.Build("a.proj", "-p:BuildGuardExec=false").Succeeds().Says("the other one").NeverSays("BG0017");
    }

    [TestMethod]
    public void ItIsWarnedOfOnceForAWholeBuild()
    {
        WriteOther("", "<Import Project=\"other/other.targets\" />");
        File.Copy(_workspace.PathOf("a.proj"), _workspace.PathOf("b.proj"));
        _workspace.Write("all.proj", "<Project><Target Name=\"Build\"><MSBuild Projects=\"a.proj;b.proj\" BuildInParallel=\"true\" /></Target></Project>");
        Assert.AreEqual(1, _workspace.Build("all.proj", "-m:2").Succeeds().CountOf("warning BG0017"));
    }

    /// <summary>Ways to be read before the guard that the text of the project does not tell.</summary>
    [TestMethod]
    [DataRow("<Import Project=\"$(Other)\" />", "")]
    [DataRow("<Import Project=\"oth*/*.targets\" />", "")]
    [DataRow("<Import Project=\"$([System.IO.Path]::Combine('$(MSBuildThisFileDirectory)', 'other', 'other.targets'))\" />", "")]
    [DataRow("<Import Project=\"other/other.targets\" />", "$(Yes)")]
    [DataRow("<Import Project=\"other/other.targets\" />", "yes")]
    [DataRow("<Import Project=\"other/other.targets\" Condition=\"'$(Yes)' == 'true'\" />", "")]
    public void HoweverItIsImportedItIsWarnedOf(string import, string isOverride)
    {
        WriteOther(import, "", isOverride.Length > 0 ? isOverride : "true");
        _workspace.Build("a.proj", "-p:Other=other/other.targets", "-p:Yes=true").Succeeds().Says("the other one").Says("(2): warning BG0017: ");
        Assert.IsEmpty(_workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    [DataRow("CustomBeforeMicrosoftCommonProps")]
    [DataRow("CustomBeforeMicrosoftCommonTargets")]
    [DataRow("CustomAfterMicrosoftCommonTargets")]
    [DataRow("DirectoryBuildPropsPath")]
    [DataRow("DirectoryBuildTargetsPath")]
    public void WhereverTheSdkImportsItItIsWarnedOf(string property)
    {
        WriteOther("", "");
        _workspace.WriteReferencing("lib/lib.csproj", "<TargetFramework>net10.0</TargetFramework>", "<Target Name=\"Mine\" AfterTargets=\"Build\"><Exec Command=\"true\" /></Target>");
        var result = _workspace.Dotnet("build", "lib", $"-p:{property}={_workspace.PathOf("other/other.targets")}").Succeeds()
            .Says($"{_workspace.PathOf("other/other.targets")}(2): warning BG0017: Exec replaces the Exec task");
        Assert.HasCount(result.Output.Contains("the other one", StringComparison.Ordinal) ? 0 : 1, _workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    [DataRow("false")]
    [DataRow("'$(Yes)' != 'true'")]
    [DataRow("Exists('$(MSBuildThisFileDirectory)none') or '$(MSBuildThisFile)' == 'a.proj'")]
    public void WhatIsConditionedAwayIsNotWarnedOf(string condition)
    {
        WriteOther("<Import Project=\"other/other.targets\" />", "", condition: condition);
        _workspace.Build("a.proj", "-p:Yes=true").Succeeds().NeverSays("the other one").NeverSays("BG0017");
        Assert.HasCount(1, _workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("-mt")]
    [DataRow("-graph")]
    public void ItIsWarnedOfOnEveryNode(string option)
    {
        WriteOther("<Import Project=\"$(Other)\" />", "");
        File.Copy(_workspace.PathOf("a.proj"), _workspace.PathOf("b.proj"));
        _workspace.Write("all.proj", """
            <Project>
              <ItemGroup><ProjectReferenceTargets Include="Build" Targets="Build" /><ProjectReference Include="a.proj;b.proj" /></ItemGroup>
              <Target Name="Build"><MSBuild Projects="@(ProjectReference)" BuildInParallel="true" /></Target>
            </Project>
            """);
        string[] options = ["-m:2", "-p:Other=other/other.targets", option.Length > 0 ? option : "-nodeReuse:false"];
        Assert.AreEqual(1, _workspace.Build("all.proj", options).Succeeds().NeverSays("BG0024").CountOf("warning BG0017"));
    }

    /// <summary>A project beside whose guard a package of somebody else's replaces Exec.</summary>
    private void WriteOther(string before, string after, string isOverride = "true", string condition = "")
    {
        _workspace.Write("other/other.targets", $"""
            <Project>
              <UsingTask TaskName="Exec" TaskFactory="RoslynCodeTaskFactory" AssemblyFile="$(MSBuildToolsPath)/Microsoft.Build.Tasks.Core.dll" Override="{isOverride}" Condition="{condition}">
                <ParameterGroup><Command /></ParameterGroup>
                <Task><Code Type="Fragment" Language="cs">Log.LogMessage(MessageImportance.High, "the other one");</Code></Task>
              </UsingTask>
            </Project>
            """);
        _workspace.WriteBare("a.proj", "", $"{before}<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");
        if (after.Length > 0)
        {
            var text = File.ReadAllText(_workspace.PathOf("a.proj"));
            _workspace.Write("a.proj", text.Replace("</Project>", after + "</Project>", StringComparison.Ordinal));
        }
    }
}
