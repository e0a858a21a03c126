using System.Runtime.InteropServices;

namespace BuildGuard.Tasks.Helper;

/// <summary>The permission to execute the helper, which packing loses and restoring gives back to its owner at best.</summary>
internal static class ExecutePermission
{
    private const int Execute = 1;

    /// <summary>Gives the permission if it lacks. False when this user may neither execute the file nor change that.</summary>
    public static bool Ensure(string path)
    {
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows) || !File.Exists(path) || Access(path, Execute) == 0)
        {
            return true;
        }

#if NET
        try
        {
            const UnixFileMode everybody = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) | everybody);
            }

            return Access(path, Execute) == 0;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
#else
        return false;
#endif
    }

    /// <summary>access(2): 0 when the calling process may do that with the file.</summary>
    [DllImport("libc", EntryPoint = "access", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Access([MarshalAs(UnmanagedType.LPStr)] string path, int mode);
}
