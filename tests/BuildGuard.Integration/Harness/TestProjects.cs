namespace BuildGuard.Integration.Harness;

/// <summary>What projects with tests are made of, for each way to run them: the versions of their packages stand here alone.</summary>
internal static class TestProjects
{
    /// <summary>The packages of the test console; as for all lists of them, see <see cref="References"/>.</summary>
    public const string TestSdk = "Microsoft.NET.Test.Sdk 18.11.0";

    /// <summary>MSTest, for the test console and for an application that runs its tests itself.</summary>
    public const string MSTest = "MSTest.TestAdapter 4.5.2;MSTest.TestFramework 4.5.2";

    /// <summary>The first step of a test: told to hang, it says which process it is and does.</summary>
    public const string Hang = """
        if (Environment.GetEnvironmentVariable("HANG") is { } hang)
                {
                    File.WriteAllText(hang, Environment.ProcessId + "\n");
                    Thread.Sleep(Timeout.Infinite);
                }
        """;

    /// <summary>One test of MSTest, which says in which lease it runs.</summary>
    public const string Source = $$"""
        using Microsoft.VisualStudio.TestTools.UnitTesting;

        [TestClass]
        public class Tests
        {
            [TestMethod]
            public void Passes()
            {
                if (Environment.GetEnvironmentVariable("LEAVE") is { } left)
                {
                    // In a session of its own, and deaf to a polite request: it runs until somebody looks for it.
                    System.Diagnostics.Process.Start("setsid", ["sh", "-c", "trap '' TERM; echo $$ > " + left + "; exec sleep 1000"]);
                    SpinWait.SpinUntil(() => File.Exists(left) && File.ReadAllText(left).EndsWith('\n'));
                }

                {{Hang}}

                File.WriteAllText(
                    Path.Combine(AppContext.BaseDirectory, "lease"),
                    Environment.GetEnvironmentVariable("BUILDGUARD_LEASE") + "|" + string.Join(',', Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("_BUILDGUARD"))));
            }
        }
        """;

    /// <summary>The properties of an application that runs its tests itself.</summary>
    public const string PlatformProperties =
        "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><EnableMSTestRunner>true</EnableMSTestRunner>";

    /// <summary>Run by the test console.</summary>
    public static string VSTestReferences { get; } = References(TestSdk, MSTest);

    /// <summary>An application that runs its tests itself.</summary>
    public static string PlatformReferences { get; } = References(MSTest);

    /// <summary>The items for lists of packages, each <c>NAME VERSION;NAME VERSION</c>.</summary>
    public static string References(params string[] packages)
    {
        var references = string.Join(';', packages).Split(';').Select(package => package.Split(' '))
            .Select(package => $"<PackageReference Include=\"{package[0]}\" Version=\"{package[1]}\" />");
        return $"<ItemGroup>{string.Concat(references)}</ItemGroup>";
    }
}
