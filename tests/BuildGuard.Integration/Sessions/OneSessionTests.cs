namespace BuildGuard.Integration.Sessions;

/// <summary>A build takes one session, whatever its projects and nodes.</summary>
[TestClass]
[DoNotParallelize]
public sealed class OneSessionTests
{
    private const int Projects = 8;

    private static Workspace s_workspace = null!;

    [ClassInitialize]
    public static void WriteSolution(TestContext context)
    {
        _ = context;
        s_workspace = new Workspace();
        for (var number = 1; number <= Projects; number++)
        {
            // The compiler is not what is tested, and would take most of the time: its target is empty, written after the SDK's.
            s_workspace.Write($"p{number}/p{number}.csproj", $"""
                <Project>
                  <Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk" />
                  <PropertyGroup>
                    <TargetFrameworks>net10.0;net8.0</TargetFrameworks>
                    <CopyBuildOutputToOutputDirectory>false</CopyBuildOutputToOutputDirectory>
                    <ProduceReferenceAssembly>false</ProduceReferenceAssembly>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="BuildGuard" Version="{Package.Version}" />
                    <ProjectReference Include="../p1/p1.csproj" ReferenceOutputAssembly="false" Condition="{number} &gt; 6" />
                  </ItemGroup>
                  <Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk" />
                  <Target Name="CoreCompile"><Exec Command="true" /></Target>
                </Project>
                """);
        }

        s_workspace.Dotnet("new", "sln", "-n", "all", "--format", "sln").Succeeds();
        s_workspace.Dotnet(["sln", "add", .. Enumerable.Range(1, Projects).Select(number => $"p{number}/p{number}.csproj")]).Succeeds();
        s_workspace.Dotnet("restore", "-v", "q").Succeeds();
    }

    [ClassCleanup]
    public static void Delete() => s_workspace.Dispose();

    [TestMethod]
    [DataRow("-m:4")]
    [DataRow("-m:4 -mt")]
    [DataRow("-m:4 -graph")]
    [DataRow("-m:4 -graph -isolate")]
    public void EightMultiTargetedProjectsAcquireOneSession(string switches)
    {
        s_workspace.ForgetState();

        s_workspace.Dotnet(["build", "all.sln", "--no-restore", "-warnaserror", .. switches.Split(' ')]).Succeeds();

        var sessions = s_workspace.Audit.Acquired("session");
        Assert.HasCount(1, sessions);
        var operations = s_workspace.Audit.Acquired("operation");
        Assert.HasCount(Projects * 2, operations);
        var session = sessions[0].GetProperty("lease").GetString();
        foreach (var operation in operations)
        {
            StringAssert.StartsWith(operation.GetProperty("lease").GetString(), session + "/", StringComparison.Ordinal);
        }
    }
}
