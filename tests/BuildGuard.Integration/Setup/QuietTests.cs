namespace BuildGuard.Integration.Setup;

/// <summary>What is no build never waits and never starts the helper.</summary>
[TestClass]
[DoNotParallelize]
public sealed class QuietTests
{
    private static Workspace s_workspace = null!;
    private static string s_mark = "";
    private static string s_helper = "";

    [ClassInitialize]
    public static void WriteProject(TestContext context)
    {
        _ = context;
        s_workspace = new Workspace();
        s_workspace.WriteReferencing(
            "app/app.csproj",
            "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>",
            "<Target Name=\"Early\" BeforeTargets=\"ResolveAssemblyReferences;GetTargetPath\"><Exec Command=\"true\" /></Target>");
        s_workspace.Write("app/Program.cs", "System.Console.WriteLine(\"application\");");
        s_workspace.Dotnet("build", "app", "-v", "q").Succeeds();
        s_helper = s_workspace.WriteMarkingHelper(out s_mark);
        s_workspace.Environment["BuildGuardHelperPath"] = s_helper;
    }

    [ClassCleanup]
    public static void Delete() => s_workspace.Dispose();

    [TestMethod]
    [DataRow("restore app --force")]
    [DataRow("msbuild app -getProperty:BuildGuardHold")]
    [DataRow("msbuild app -t:Compile -p:DesignTimeBuild=true -p:SkipCompilerExecution=true -p:ProvideCommandLineArgs=true")]
    [DataRow("msbuild app -t:GetTargetPath -p:DesignTimeBuild=true")]
    [DataRow("run --project app --no-build")]
    [DataRow("restore app --force -p:BuildGuardEnabled=false")]
    [DataRow("msbuild app -t:Compile -p:DesignTimeBuild=true -p:SkipCompilerExecution=true -p:ProvideCommandLineArgs=true -p:BuildGuardEnabled=false")]
    public void NeverStartsTheHelper(string arguments)
    {
        s_workspace.Dotnet(arguments.Split(' ')).Succeeds();
        Assert.IsFalse(File.Exists(s_mark), "The helper was started.");
    }

    [TestMethod]
    public void ABuildDoesStartIt()
    {
        s_workspace.Build("app").FailsWith("BG0001");
        Assert.IsTrue(File.Exists(s_mark));
        File.Delete(s_mark);
    }
}
