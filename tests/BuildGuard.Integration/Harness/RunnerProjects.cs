namespace BuildGuard.Integration.Harness;

/// <summary>
/// A project for each test runner with the same three tests, of which one passes, one fails and one is skipped; and a library
/// whose coverage they measure.
/// </summary>
internal static class RunnerProjects
{
    /// <summary>Those that the SDK's test console runs.</summary>
    public static IReadOnlyList<string> Console { get; } = ["mstest", "xunit2", "xunit3", "nunit4"];

    /// <summary>Those that run themselves.</summary>
    public static IReadOnlyList<string> Platform { get; } = ["mstest-platform", "xunit3-platform", "tunit"];

    private const string TestConsole = TestProjects.TestSdk + ";coverlet.collector 10.0.1;";

    /// <summary>Writes all of them, and builds them.</summary>
    public static void Build(Workspace workspace)
    {
        workspace.Write("lib/lib.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        workspace.Write("lib/Sign.cs", """
            namespace Lib;

            public static class Sign
            {
                public static string Of(int number)
                {
                    if (number < 0)
                    {
                        return "-";
                    }

                    return number > 0 ? "+" : "0";
                }
            }
            """);
        workspace.Write("run.runsettings", """
            <RunSettings>
              <RunConfiguration><EnvironmentVariables><FROM_SETTINGS>yes</FROM_SETTINGS></EnvironmentVariables></RunConfiguration>
            </RunSettings>
            """);
        workspace.Write("platform/global.json", """{"test":{"runner":"Microsoft.Testing.Platform"}}""");
        Write(workspace, "mstest", "", TestConsole + "coverlet.msbuild 10.0.1;" + TestProjects.MSTest, "Microsoft.VisualStudio.TestTools.UnitTesting", "[TestClass]", "[TestMethod]", "[TestMethod, Ignore(\"not now\")]");
        Write(workspace, "xunit2", "", TestConsole + "xunit 2.9.3;xunit.runner.visualstudio 3.1.5", "Xunit", "", "[Fact]", "[Fact(Skip = \"not now\")]");
        Write(workspace, "xunit3", "Exe", TestConsole + "xunit.v3 3.2.2;xunit.runner.visualstudio 3.1.5", "Xunit", "", "[Fact]", "[Fact(Skip = \"not now\")]");
        Write(workspace, "nunit4", "", TestConsole + "NUnit 4.4.0;NUnit3TestAdapter 5.2.0", "NUnit.Framework", "", "[Test]", "[Test, Ignore(\"not now\")]");
        Write(workspace, "mstest-platform", "Exe", TestProjects.MSTest + ";Microsoft.Testing.Extensions.TrxReport 2.5.2;coverlet.MTP 10.1.0", "Microsoft.VisualStudio.TestTools.UnitTesting", "[TestClass]", "[TestMethod]", "[TestMethod, Ignore(\"not now\")]");
        Write(workspace, "xunit3-platform", "Exe", "xunit.v3.mtp-v2 4.0.2;coverlet.MTP 10.1.0", "Xunit", "", "[Fact]", "[Fact(Skip = \"not now\")]");
        Write(workspace, "tunit", "Exe", "TUnit.Engine 1.81.10;TUnit.Assertions 1.81.10;Microsoft.Testing.Extensions.TrxReport 2.5.2;coverlet.MTP 10.1.0", "TUnit.Core", "", "[Test]", "[Test, Skip(\"not now\")]");
        workspace.Write("console.slnx", Solution(Console));
        workspace.Write("platform.slnx", Solution(Platform));
        workspace.Write("every.slnx", Solution(Console.Concat(Platform)));
        workspace.Dotnet("build", "every.slnx", "-v", "q").Succeeds();
    }

    private static string Solution(IEnumerable<string> names) => $"<Solution>{string.Concat(names.Select(name => $"<Project Path=\"{name}/{name}.csproj\" />"))}</Solution>";

    private static void Write(Workspace workspace, string name, string outputType, string packages, string space, string onClass, string onTest, string onSkipped)
    {
        workspace.WriteReferencing(
            $"{name}/{name}.csproj",
            $"<TargetFramework>net10.0</TargetFramework><EnableMSTestRunner>{name == "mstest-platform"}</EnableMSTestRunner>" + (outputType.Length > 0 ? $"<OutputType>{outputType}</OutputType>" : ""),
            TestProjects.References(packages) + "<ItemGroup><ProjectReference Include=\"../lib/lib.csproj\" /></ItemGroup>");

        // Exceptions instead of each framework's assertions.
        workspace.Write($"{name}/Signs.cs", $$"""
            using {{space}};

            {{onClass}}
            public class Signs
            {
                {{onTest}}
                public void OfNegative()
                {
                    {{TestProjects.Hang}}

                    if (Environment.GetEnvironmentVariable("ALONE") is { } mark)
                    {
                        // Fails where another one has it.
                        using var alone = new FileStream(mark, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
                        Thread.Sleep(500);
                    }

                    if (Lib.Sign.Of(-1) != "-" || Environment.GetEnvironmentVariable("EXPECT_SETTINGS") != Environment.GetEnvironmentVariable("FROM_SETTINGS"))
                    {
                        throw new Exception("wrong");
                    }
                }

                {{onTest}}
                public void OfZero() => throw new Exception(Lib.Sign.Of(0));

                {{onSkipped}}
                public void OfPositive() => Lib.Sign.Of(1);
            }
            """);
    }
}
