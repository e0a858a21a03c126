namespace BuildGuard.Integration.Harness;

/// <summary>Projects with one test, for each way to run it.</summary>
internal static class TestProjects
{
    /// <summary>One test, which says in which lease it runs; told to hang, it says which process it is and does.</summary>
    public const string Source = """
        using Microsoft.VisualStudio.TestTools.UnitTesting;

        [TestClass]
        public class Tests
        {
            [TestMethod]
            public void Passes()
            {
                if (Environment.GetEnvironmentVariable("HANG") is { } file)
                {
                    File.WriteAllText(file, Environment.ProcessId + "\n");
                    Thread.Sleep(Timeout.Infinite);
                }

                File.WriteAllText(
                    Path.Combine(AppContext.BaseDirectory, "lease"),
                    Environment.GetEnvironmentVariable("BUILDGUARD_LEASE") + "|" + string.Join(',', Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("_BUILDGUARD"))));
            }
        }
        """;

    /// <summary>Run by the test console.</summary>
    public const string VSTestReferences = """
        <ItemGroup>
          <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.11.0" />
          <PackageReference Include="MSTest.TestAdapter" Version="4.5.2" />
          <PackageReference Include="MSTest.TestFramework" Version="4.5.2" />
        </ItemGroup>
        """;

    /// <summary>An application that runs its tests itself.</summary>
    public const string PlatformReferences = """
        <ItemGroup>
          <PackageReference Include="MSTest.TestAdapter" Version="4.5.2" />
          <PackageReference Include="MSTest.TestFramework" Version="4.5.2" />
        </ItemGroup>
        """;

    /// <summary>The properties of such an application.</summary>
    public const string PlatformProperties =
        "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><EnableMSTestRunner>true</EnableMSTestRunner>";
}
