using System.Runtime.InteropServices;

namespace BuildGuard.Platform.Unix;

/// <summary>The end of this program without ceremony.</summary>
public static partial class ProgramExit
{
    private const nint DefaultHandler = 0;

    /// <summary>Ends this program now, without running anything further, while other threads may sleep in the kernel.</summary>
    public static void Now(int code) => Exit(code);

    /// <summary>
    /// Ends this program by a signal, without running anything further: whoever started it is told that it did not end by
    /// itself. A shell ends its loop or script at Ctrl+C only if what it waited for was ended by it.
    /// </summary>
    /// <param name="signal">One that ends a program which does not care for it.</param>
    public static void BySignal(int signal)
    {
        _ = SetHandler(signal, DefaultHandler);
        _ = Kill(Environment.ProcessId, signal);

        // Another thread may be the one that the kernel interrupts for it.
        Thread.Sleep(1000);
        Exit(128 + signal);
    }

    /// <summary>signal(2)</summary>
    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);

    /// <summary>kill(2)</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    /// <summary>_exit(2)</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
