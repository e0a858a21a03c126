using System.Runtime.InteropServices;

namespace BuildGuard.Leases.Taker;

/// <summary>The few system calls that .NET does not offer.</summary>
public static partial class Native
{
    public const int SIGKILL = 9;
    public const int SIGTERM = 15;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;

    /// <summary>Sends a signal to one process. Tells whether it was there.</summary>
    public static bool Signal(int pid, int signal) => Kill(pid, signal) == 0;

    /// <summary>Ends this process at once.</summary>
    public static void ExitNow(int code) => Exit(code);

    /// <summary>kill(2)</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    /// <summary>_exit(2)</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
