using System.Runtime.Versioning;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>The taker program, copied to where every user can run it.</summary>
[TestClass]
[SupportedOSPlatform("linux")]
public sealed class Taker
{
    private static string s_directory = string.Empty;

    public static string Path => System.IO.Path.Combine(s_directory, "taker");

    [AssemblyInitialize]
    public static void Copy(TestContext _)
    {
        s_directory = Directory.CreateTempSubdirectory("buildguard-taker-").FullName;
        File.SetUnixFileMode(s_directory, (UnixFileMode)0x1ED);
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            string name = System.IO.Path.GetFileName(file);
            if (name.StartsWith("taker", StringComparison.Ordinal) || name.StartsWith("BuildGuard.", StringComparison.Ordinal))
            {
                string copy = System.IO.Path.Combine(s_directory, name);
                File.Copy(file, copy);
                File.SetUnixFileMode(copy, (UnixFileMode)0x1ED);
            }
        }
    }

    [AssemblyCleanup]
    public static void Remove() => Directory.Delete(s_directory, recursive: true);
}
