using System.Globalization;

namespace BuildGuard.Integration.TestRuns;

/// <summary>Applications of tests that the build itself runs: <c>-t:Test</c>.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TestTargetTests
{
    private static Workspace s_workspace = null!;

    [ClassInitialize]
    public static void BuildApplications(TestContext context)
    {
        _ = context;
        s_workspace = new Workspace();
        s_workspace.WriteReferencing("tests/tests.csproj", TestProjects.PlatformProperties, TestProjects.PlatformReferences);
        s_workspace.Write("tests/Tests.cs", TestProjects.Source);
        s_workspace.WriteReferencing("both/both.csproj", TestProjects.PlatformProperties.Replace("<TargetFramework>net10.0</TargetFramework>", "<TargetFrameworks>net10.0;net9.0</TargetFrameworks><RollForward>Major</RollForward>", StringComparison.Ordinal), TestProjects.PlatformReferences);
        s_workspace.Write("both/Tests.cs", TestProjects.Source);
        s_workspace.Dotnet("build", "tests", "-v", "q").Succeeds();
        s_workspace.Dotnet("build", "both", "-v", "q").Succeeds();
    }

    [ClassCleanup]
    public static void Delete() => s_workspace.Dispose();

    [TestInitialize]
    public void Forget() => s_workspace.ForgetState();

    [TestMethod]
    [DataRow("-t:Test")]
    [DataRow("-t:InvokeTestingPlatform -m:1")]
    [DataRow("-t:Test -mt")]
    [DataRow("-t:Test -tl:on -p:TestingPlatformCaptureOutput=false")]
    public void IsOneOperationInTheSession(string switches)
    {
        var result = s_workspace.Build("tests", switches.Split(' ')).Succeeds().NeverSays("warning");

        Assert.AreEqual(s_workspace.Audit.OperationInSession() + "|", File.ReadAllText(s_workspace.PathOf("tests/bin/Debug/net10.0/lease")), result.ToString());
    }

    [TestMethod]
    [DataRow("-m:4")]
    [DataRow("-m:4 -mt")]
    public void EachFrameworkIsOneOperation(string switches)
    {
        s_workspace.Build("both", ["-t:Test", .. switches.Split(' ')]).Succeeds();

        Assert.ContainsSingle(s_workspace.Audit.Acquired("session"));
        Assert.HasCount(2, s_workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    public void SaysWhatItSaysUnguarded()
    {
        var unguarded = s_workspace.Build("tests", "-t:Test", "-p:BuildGuardTests=false").Succeeds();
        Assert.IsEmpty(s_workspace.Audit.Acquired("operation"));
        var guarded = s_workspace.Build("tests", "-t:Test").Succeeds();
        Assert.HasCount(1, s_workspace.Audit.Acquired("operation"));

        Assert.AreEqual(Shape(unguarded), Shape(guarded));
    }

    /// <summary>Set after the package's targets.</summary>
    [TestMethod]
    public void CanBeLeftOutInDirectoryBuildTargets()
    {
        s_workspace.Write("late.targets", "<Project><PropertyGroup><BuildGuardTests>false</BuildGuardTests></PropertyGroup></Project>");
        s_workspace.Build("tests", "-t:Test", $"-p:DirectoryBuildTargetsPath={s_workspace.PathOf("late.targets")}").Succeeds().NeverSays("BG5");
        Assert.IsEmpty(s_workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    public void AFailureIsTheSameFailure()
    {
        const string Arguments = "-p:TestingPlatformCommandLineArguments=--minimum-expected-tests 2";
        var unguarded = s_workspace.Build("tests", "-t:Test", Arguments, "-p:BuildGuardTests=false");
        var guarded = s_workspace.Build("tests", "-t:Test", Arguments);

        Assert.AreEqual(1, unguarded.ExitCode, unguarded.ToString());
        Assert.AreEqual(1, guarded.ExitCode, guarded.ToString());
        Assert.AreEqual(Shape(unguarded), Shape(guarded));
    }

    [TestMethod]
    public void ALimitIsAnErrorOfTheBuild()
    {
        var host = s_workspace.PathOf("limited");
        s_workspace.Environment["HANG"] = host;
        try
        {
            var result = s_workspace.Build("tests", "-t:Test", "-p:BuildGuardTimeout=3s");

            Assert.AreNotEqual(0, result.ExitCode);
            Assert.AreEqual(1, result.CountOf("error BG3003"), result.ToString());
            Assert.IsFalse(ProcessStat.IsRunning(int.Parse(File.ReadAllText(host), CultureInfo.InvariantCulture)), result.ToString());
        }
        finally
        {
            s_workspace.Environment.Remove("HANG");
        }
    }

    [TestMethod]
    public void AnInterruptLeavesNoTestHost()
    {
        var host = s_workspace.PathOf("interrupted");
        var environment = new Dictionary<string, string>(s_workspace.Environment) { ["HANG"] = host };
        using var run = s_workspace.Start("setsid", ["dotnet", "msbuild", "-nologo", "tests", "-t:Test"], environment);
        Deadline.Until(() => File.Exists(host) && File.ReadAllText(host).EndsWith('\n'), TimeSpan.FromSeconds(90), () => run.Output);

        run.Interrupt();

        var result = run.Wait();
        Assert.AreNotEqual(0, result.ExitCode, result.ToString());
        Assert.IsFalse(ProcessStat.IsRunning(int.Parse(File.ReadAllText(host), CultureInfo.InvariantCulture)), result.ToString());
    }

    [TestMethod]
    public void AKilledHelperFailsTheRunAndLeavesNoTestHost()
    {
        var host = s_workspace.PathOf("orphaned");
        var environment = new Dictionary<string, string>(s_workspace.Environment) { ["HANG"] = host };
        using var run = s_workspace.Start("dotnet", ["msbuild", "-nologo", "tests", "-t:Test"], environment);
        Deadline.Until(() => File.Exists(host) && File.ReadAllText(host).EndsWith('\n'), TimeSpan.FromSeconds(90), () => run.Output);
        s_workspace.Audit.KillHelper();

        var result = run.Wait();
        Assert.AreNotEqual(0, result.ExitCode);
        result.Says("BG4005");
        Assert.IsFalse(ProcessStat.IsRunning(int.Parse(File.ReadAllText(host), CultureInfo.InvariantCulture)), result.ToString());
    }

    [TestMethod]
    public void WithoutTheSettingsOfItsProjectNoTestIsRun()
    {
        s_workspace.Write("emptied.targets", """
            <Project>
              <UsingTask TaskName="EmptyEnvironment" TaskFactory="RoslynCodeTaskFactory" AssemblyFile="$(MSBuildToolsPath)/Microsoft.Build.Tasks.Core.dll">
                <Task><Code Type="Fragment" Language="cs">
                  foreach (var name in System.Linq.Enumerable.ToArray(System.Linq.Enumerable.Cast&lt;string&gt;(Environment.GetEnvironmentVariables().Keys)))
                  {
                      if (name.StartsWith("_BUILDGUARD")) Environment.SetEnvironmentVariable(name, null);
                  }
                </Code></Task>
              </UsingTask>
              <Target Name="Empty" BeforeTargets="InvokeTestingPlatform"><EmptyEnvironment /></Target>
            </Project>
            """);
        var emptied = "-p:CustomAfterMicrosoftCommonTargets=" + s_workspace.PathOf("emptied.targets");
        var ran = s_workspace.PathOf("tests/bin/Debug/net10.0/lease");
        File.Delete(ran);

        var refused = s_workspace.Build("tests", "-t:InvokeTestingPlatform", emptied);

        Assert.AreEqual(1, refused.ExitCode, refused.ToString());
        Assert.AreEqual(1, refused.CountOf("error BG5003"), refused.ToString());
        Assert.IsFalse(File.Exists(ran), refused.ToString());
        Assert.IsEmpty(s_workspace.Audit.Acquired("operation"));

        // The remedy that the message names.
        s_workspace.Build("tests", "-t:InvokeTestingPlatform", emptied, "-p:BuildGuardTests=false").Succeeds();
        Assert.IsTrue(File.Exists(ran));
    }

    /// <summary>A version that is still to come.</summary>
    [TestMethod]
    public void AnUnknownWayToStartTestsIsLeftAloneAndSaid()
    {
        s_workspace.Write("later/buildMultiTargeting/Microsoft.Testing.Platform.MSBuild.targets", "<Project><Target Name=\"InvokeTestingPlatform\"><InvokeTestingPlatformTask TargetPath=\"a\" Isolation=\"b\" /></Target></Project>");
        s_workspace.WriteBare(
            "later.proj",
            "<MicrosoftTestingPlatformMSBuildTaskFolder>$(MSBuildThisFileDirectory)later/_MSBuildTasks/netstandard2.0/</MicrosoftTestingPlatformMSBuildTaskFolder>",
            "<Target Name=\"InvokeTestingPlatform\"><Message Importance=\"high\" Text=\"as ever\" /></Target>");

        var result = s_workspace.Build("later.proj", "-t:InvokeTestingPlatform", "-warnaserror").Succeeds().Says("as ever");

        Assert.AreEqual(1, result.CountOf("BG5004"), result.ToString());
        Assert.ContainsSingle(s_workspace.Audit.Acquired("session"));
    }

    /// <summary>The lines without what is another one each time.</summary>
    private static string Shape(Result result) =>
        string.Join('\n', result.Lines.Select(line => System.Text.RegularExpressions.Regex.Replace(line, @"(< )?\d+m?s|\[[\dhms .]+\]|_[\d-]+\.log", "TIME")));
}
