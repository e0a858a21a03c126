using System.Runtime.InteropServices;

namespace BuildGuard.TestShim;

/// <summary>The build that started this program.</summary>
internal static class ParentProcess
{
    private static readonly int s_first = Id();

    /// <summary>Has to be asked for at the start: whoever has lost its parent has another one.</summary>
    public static void Remember() => _ = s_first;

    /// <summary>Whether it is gone.</summary>
    public static bool IsGone => Id() != s_first;

    /// <summary>getppid(2).</summary>
    [DllImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Id();
}
