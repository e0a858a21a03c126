using System.Runtime.InteropServices;

namespace BuildGuard.Platform.Unix;

/// <summary>The end of this program without ceremony.</summary>
public static partial class ProgramExit
{
    /// <summary>Ends this program now, without running anything further, while other threads may sleep in the kernel.</summary>
    public static void Now(int code) => Exit(code);

    /// <summary>_exit(2)</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
