using System.Runtime.InteropServices;

namespace BuildGuard.Platform.Unix;

/// <summary>The variables and the working directory of this process, where programs that it starts inherit them.</summary>
internal static unsafe partial class EnvironmentApi
{
    /// <summary>clearenv(3)</summary>
    [LibraryImport("libc", EntryPoint = "clearenv")]
    public static partial int ClearEnv();

    /// <summary>putenv(3): the text itself becomes part of the environment, so it must stay where it is.</summary>
    [LibraryImport("libc", EntryPoint = "putenv")]
    public static partial int PutEnv(byte* text);

    /// <summary>chdir(2)</summary>
    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true)]
    public static partial int ChDir(byte* path);
}
