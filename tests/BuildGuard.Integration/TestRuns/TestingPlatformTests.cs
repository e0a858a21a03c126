namespace BuildGuard.Integration.TestRuns;

/// <summary>Applications that run their tests themselves, and applications that do not.</summary>
[TestClass]
public sealed class TestingPlatformTests
{
    private static Workspace s_workspace = null!;

    [ClassInitialize]
    public static void BuildApplications(TestContext context)
    {
        _ = context;
        s_workspace = new Workspace();
        s_workspace.Write("global.json", """{"test":{"runner":"Microsoft.Testing.Platform"}}""");
        s_workspace.WriteReferencing("tests/tests.csproj", TestProjects.PlatformProperties, TestProjects.PlatformReferences);
        s_workspace.Write("tests/Tests.cs", TestProjects.Source);
        s_workspace.WriteReferencing("app/app.csproj", "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>");
        s_workspace.Write("app/Program.cs", "if (args is [\"hoard\"]) { var all = new List<byte[]>(); while (true) { var some = new byte[4 << 20]; Array.Fill(some, (byte)1); all.Add(some); } } Console.WriteLine(\"[\" + string.Join('|', args) + \"] in [\" + Environment.GetEnvironmentVariable(\"BUILDGUARD_LEASE\") + \"]\"); return 7;");
        s_workspace.Dotnet("build", "tests", "-v", "q").Succeeds();
        s_workspace.Dotnet("build", "app", "-v", "q").Succeeds();
    }

    [ClassCleanup]
    public static void Delete() => s_workspace.Dispose();

    [TestInitialize]
    public void Forget() => s_workspace.ForgetState();

    [TestMethod]
    [DataRow("test --project tests --no-build")]
    [DataRow("run --project tests --no-build")]
    public void IsATestRun(string arguments)
    {
        s_workspace.Dotnet(arguments.Split(' ')).Succeeds();

        var operation = s_workspace.Audit.Acquired("operation").Single().GetProperty("lease").GetString();
        Assert.AreEqual(operation + "|", File.ReadAllText(s_workspace.PathOf("tests/bin/Debug/net10.0/lease")));
    }

    /// <summary>Its runner shows nothing of what an application writes to standard error.</summary>
    [TestMethod]
    public void WhoWaitsWithoutABuildIsTold()
    {
        var go = s_workspace.PathOf("go");
        using var holder = s_workspace.StartHelper("run", "--label", "the holder", "--", "sh", "-c", $"until [ -e {go} ]; do sleep 0.05; done");
        Deadline.Until(() => s_workspace.Audit.Acquired("operation").Count == 1, TimeSpan.FromSeconds(30), () => holder.Output);

        using var test = s_workspace.StartDotnet("test", "--project", "tests", "--no-build");
        Deadline.Until(() => test.Output.Contains("BG1001", StringComparison.Ordinal), TimeSpan.FromSeconds(60), () => test.Output);
        File.WriteAllText(go, "");

        test.Wait().Succeeds().Says("'the holder'");
    }

    /// <summary>Past the runner, which would show it in its own colours when it is over.</summary>
    [TestMethod]
    [DataRow("test --project tests --no-build")]
    [DataRow("run --project tests --no-build")]
    public void InABuildServiceALimitIsShownBesideTheBuildOnce(string arguments)
    {
        s_workspace.Environment["GITHUB_ACTIONS"] = "true";
        s_workspace.Environment["BUILDGUARD_TIMEOUT"] = "50ms";
        try
        {
            var result = s_workspace.Dotnet(arguments.Split(' '));
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
    [DataRow("BUILDGUARD_DISABLE", "1")]
    [DataRow("BuildGuardEnabled", "false")]
    public void WhoTestsUnguardedWithoutABuildIsToldSo(string variable, string value)
    {
        s_workspace.Environment[variable] = value;
        try
        {
            var result = s_workspace.Dotnet("test", "--project", "tests", "--no-build").Succeeds();

            Assert.AreEqual(1, result.CountOf("BG0002"), result.ToString());
            Deadline.Until(() => s_workspace.Audit.Events.Count > 0, TimeSpan.FromSeconds(30), () => "nothing was written down");
            Assert.ContainsSingle(s_workspace.Audit.Named("degraded"));
        }
        finally
        {
            s_workspace.Environment.Remove(variable);
        }
    }

    [TestMethod]
    public void AMissingHelperIsNamedWithoutABuild()
    {
        var result = s_workspace.Dotnet("test", "--project", "tests", "--no-build", "-p:BuildGuardHelperPath=/no/such/helper");

        Assert.AreNotEqual(0, result.ExitCode);
        result.Says("BG0001").Says("/no/such/helper");
    }

    [TestMethod]
    public void OtherApplicationsAreLeftAlone()
    {
        var result = s_workspace.Dotnet("run", "--project", "app", "--no-build", "--", "a b", "c");

        Assert.AreEqual(7, result.ExitCode, result.ToString());
        result.Says("[a b|c] in []");
        Assert.IsEmpty(s_workspace.Audit.Events);
    }

    /// <summary>The runtime would by itself fail at three quarters of what it sees as the machine's memory.</summary>
    [TestMethod]
    public void AManagedHoarderReachesTheLimitItself()
    {
        var result = s_workspace.Dotnet("run", "--project", "app", "--no-build", "-p:BuildGuardRun=true", "-p:BuildGuardMaxMemory=300M", "--", "hoard");

        Assert.AreEqual(137, result.ExitCode, result.ToString());
        result.Says("BG3001").NeverSays("OutOfMemoryException");
    }

    [TestMethod]
    public void OtherApplicationsAreGuardedWhenAskedFor()
    {
        var result = s_workspace.Dotnet("run", "--project", "app", "--no-build", "-p:BuildGuardRun=true", "--", "a b", "\"c\"", "");

        Assert.AreEqual(7, result.ExitCode, result.ToString());
        result.Says("[a b|\"c\"|] in [" + s_workspace.Audit.Acquired("operation").Single().GetProperty("lease").GetString() + "]");
    }
}
