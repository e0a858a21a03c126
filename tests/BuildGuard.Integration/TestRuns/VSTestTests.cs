namespace BuildGuard.Integration.TestRuns;

/// <summary><c>dotnet test</c> with the SDK's test console.</summary>
[TestClass]
public sealed class VSTestTests
{
    /// <summary>Two tests that pass where they run at the same time, as their assembly asks, in a host that runs alone.</summary>
    private const string Meeting = """
        using Microsoft.VisualStudio.TestTools.UnitTesting;

        [assembly: Parallelize(Workers = 2, Scope = ExecutionScope.MethodLevel)]

        [TestClass]
        public class Tests
        {
            private static readonly Barrier s_both = new(2);

            [AssemblyInitialize]
            public static void Start(TestContext context) => File.Open(Alone, FileMode.CreateNew).Dispose();

            [AssemblyCleanup]
            public static void End() => File.Delete(Alone);

            [TestMethod]
            public void First() => Assert.IsTrue(s_both.SignalAndWait(TimeSpan.FromSeconds(30)));

            [TestMethod]
            public void Second() => Assert.IsTrue(s_both.SignalAndWait(TimeSpan.FromSeconds(30)));

            private static string Alone => Environment.GetEnvironmentVariable("ALONE")!;
        }
        """;

    private static Workspace s_workspace = null!;

    [ClassInitialize]
    public static void BuildTests(TestContext context)
    {
        _ = context;
        s_workspace = new Workspace();
        s_workspace.WriteReferencing("tests/tests.csproj", "<TargetFramework>net10.0</TargetFramework><BuildGuardMaxProcesses>19</BuildGuardMaxProcesses>", TestProjects.VSTestReferences);
        s_workspace.Write("tests/Tests.cs", TestProjects.Source);
        s_workspace.WriteReferencing("both/both.csproj", "<TargetFrameworks>net10.0;net9.0</TargetFrameworks><RollForward>Major</RollForward>", TestProjects.VSTestReferences);
        s_workspace.Write("both/Tests.cs", Meeting);
        s_workspace.Dotnet("build", "tests", "-v", "q").Succeeds();
        s_workspace.Dotnet("build", "both", "-v", "q").Succeeds();
    }

    [ClassCleanup]
    public static void Delete() => s_workspace.Dispose();

    [TestInitialize]
    public void Forget() => s_workspace.ForgetState();

    [TestMethod]
    [DataRow("--no-build")]
    [DataRow("--no-build -mt")]
    [DataRow("--no-build -tl:on -p:VsTestUseMSBuildOutput=true")]
    [DataRow("--no-restore")]
    public void IsOneOperationInTheSession(string switches)
    {
        s_workspace.Dotnet(["test", "tests", .. switches.Split(' ')]).Succeeds();

        Assert.AreEqual(s_workspace.Audit.OperationInSession() + "|", File.ReadAllText(s_workspace.PathOf("tests/bin/Debug/net10.0/lease")));
    }

    /// <summary>Their hosts run one after the other; how many tests run at a time inside of one is the user's own affair.</summary>
    [TestMethod]
    [DataRow("-m:4")]
    [DataRow("-m:4 -p:TestTfmsInParallel=true")]
    [DataRow("-m:4 -p:TestTfmsInParallel=false")]
    [DataRow("-m:4 -mt")]
    public void EachFrameworkIsOneOperation(string switches)
    {
        s_workspace.Environment["ALONE"] = s_workspace.PathOf("alone");
        try
        {
            var result = s_workspace.Dotnet(["test", "both", "--no-build", .. switches.Split(' ')]).Succeeds();

            Assert.AreEqual(2, result.CountOf("Failed:     0, Passed:     2, Skipped:     0"), result.ToString());
        }
        finally
        {
            s_workspace.Environment.Remove("ALONE");
        }

        Assert.ContainsSingle(s_workspace.Audit.Acquired("session"));
        Assert.HasCount(2, s_workspace.Audit.Acquired("operation"));
    }

    [TestMethod]
    public void SaysWhatItSaysUnguarded()
    {
        var unguarded = s_workspace.Dotnet("test", "tests", "--no-build", "-p:BuildGuardTests=false").Succeeds();
        Assert.IsEmpty(s_workspace.Audit.Acquired("operation"));
        var guarded = s_workspace.Dotnet("test", "tests", "--no-build").Succeeds();
        Assert.HasCount(1, s_workspace.Audit.Acquired("operation"));

        Assert.AreEqual(Shape(unguarded), Shape(guarded));
    }

    [TestMethod]
    public void AFailureIsAFailure() =>
        Assert.AreEqual(1, s_workspace.Dotnet("test", "tests", "--no-build", "--", "NoSuchSection=1", "RunConfiguration.TestSessionTimeout=1").ExitCode);

    /// <summary>What the test console says passes MSBuild by, so nobody else tells the service.</summary>
    [TestMethod]
    public void InABuildServiceALimitIsShownBesideTheBuildOnce()
    {
        s_workspace.Environment["GITHUB_ACTIONS"] = "true";
        s_workspace.Environment["BUILDGUARD_TIMEOUT"] = "50ms";
        try
        {
            var result = s_workspace.Dotnet("test", "tests", "--no-build");
            Assert.AreNotEqual(0, result.ExitCode);
            Assert.AreEqual(1, result.CountOf("BG3003: "), result.ToString());
            Assert.AreEqual(1, result.Output.Split('\n').Count(line => line.StartsWith("::error title=BuildGuard::BG3003: timeout of 50ms passed", StringComparison.Ordinal)), result.ToString());
        }
        finally
        {
            s_workspace.Environment.Remove("GITHUB_ACTIONS");
            s_workspace.Environment.Remove("BUILDGUARD_TIMEOUT");
        }
    }

    [TestMethod]
    public void SwitchedOffItRunsUnguarded()
    {
        s_workspace.Environment["BUILDGUARD_DISABLE"] = "1";
        try
        {
            var result = s_workspace.Dotnet("test", "tests", "--no-build").Succeeds();
            Assert.AreEqual(1, result.CountOf("BG0002"), result.ToString());
            Assert.AreEqual("|", File.ReadAllText(s_workspace.PathOf("tests/bin/Debug/net10.0/lease")));
        }
        finally
        {
            s_workspace.Environment.Remove("BUILDGUARD_DISABLE");
        }
    }

    [TestMethod]
    public void AKilledHelperFailsTheRunAndLeavesNoTestHost()
    {
        var host = s_workspace.PathOf("host");
        using var run = s_workspace.StartDotnet("test", "tests", "--no-build", "-e", "HANG=" + host);
        Deadline.Until(() => File.Exists(host) && File.ReadAllText(host).EndsWith('\n'), TimeSpan.FromSeconds(60), () => run.Output);
        s_workspace.Audit.KillHelper();

        var result = run.Wait();
        Assert.AreNotEqual(0, result.ExitCode);
        result.Says("BG4005");
        Assert.IsFalse(ProcessStat.IsRunning(int.Parse(File.ReadAllText(host), System.Globalization.CultureInfo.InvariantCulture)), result.ToString());
    }

    [TestMethod]
    public void WhatAKilledHelperLeftIsEndedAndNamed()
    {
        var host = s_workspace.PathOf("host-that-left");
        var left = s_workspace.PathOf("left");
        using var run = s_workspace.StartDotnet("test", "tests", "--no-build", "-e", "HANG=" + host, "-e", "LEAVE=" + left);
        Deadline.Until(() => File.Exists(host) && File.ReadAllText(host).EndsWith('\n'), TimeSpan.FromSeconds(60), () => run.Output);
        var id = int.Parse(File.ReadAllText(left), System.Globalization.CultureInfo.InvariantCulture);
        s_workspace.Audit.KillHelper();

        var result = run.Wait();
        Assert.AreNotEqual(0, result.ExitCode);
        result.Says("BG4001: ended ").Says($"sleep (pid {id})").Says("BG4005");
        Assert.IsFalse(ProcessStat.IsRunning(id), result.ToString());
    }

    /// <summary>The build's end ends the helper as well, which is no news to whoever ended the build.</summary>
    [TestMethod]
    public void AskedToEndItLeavesNoTestHostAndBlamesNobody()
    {
        var host = s_workspace.PathOf("terminated");
        using var run = s_workspace.StartDotnet("test", "tests", "--no-build", "-e", "HANG=" + host);
        Deadline.Until(() => File.Exists(host) && File.ReadAllText(host).EndsWith('\n'), TimeSpan.FromSeconds(60), () => run.Output);
        run.Terminate();

        var result = run.Wait().NeverSays("BG4005");
        var id = int.Parse(File.ReadAllText(host), System.Globalization.CultureInfo.InvariantCulture);
        Deadline.Until(() => !ProcessStat.IsRunning(id), TimeSpan.FromSeconds(60), result.ToString);
    }

    /// <summary>The lines without the durations in them.</summary>
    private static string Shape(Result result) =>
        string.Join('\n', result.Lines.Select(line => System.Text.RegularExpressions.Regex.Replace(line, @"(< )?\d+ m?s", "TIME")));
}
