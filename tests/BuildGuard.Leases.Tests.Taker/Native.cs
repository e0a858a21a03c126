using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

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

    /// <summary>
    /// A handle that means exactly one child, however its id is reused; <c>null</c> if it has ended. A child that has not
    /// been waited for keeps its id, so it is enough to look afterwards.
    /// </summary>
    public static SafeFileHandle? OpenChild(Process child)
    {
        SafeFileHandle? handle = OpenProcess(child.Id);
        if (handle is null || !child.HasExited)
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>A handle of whatever process has an id now; <c>null</c> if none has.</summary>
    public static SafeFileHandle? OpenProcess(int pid)
    {
        var handle = new SafeFileHandle(Syscall(PidFdOpen, pid, 0, 0, 0), ownsHandle: true);
        if (!handle.IsInvalid)
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Sends a signal to exactly that process. Tells whether it was there.</summary>
    public static bool Signal(SafeFileHandle process, int signal) =>
        Syscall(PidFdSendSignal, process.DangerousGetHandle(), signal, 0, 0) == 0;

    /// <summary>Ends this process at once.</summary>
    public static void ExitNow(int code) => Exit(code);

    /// <summary>Opens a file so that every write goes to its end, which FileMode.Append does not promise.</summary>
    public static SafeFileHandle OpenToAppend(string path) =>
        new(Open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0x180), ownsHandle: true);

    /// <summary>Writes a whole text at once.</summary>
    public static void Append(SafeFileHandle file, ReadOnlySpan<byte> text) => Write(file, text, text.Length);

    private const int PidFdSendSignal = 424;
    private const int PidFdOpen = 434;

    private const int O_WRONLY = 1;
    private const int O_CREAT = 0x40;
    private const int O_APPEND = 0x400;
    private const int O_CLOEXEC = 0x80000;

    /// <summary>open(2)</summary>
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    /// <summary>write(2)</summary>
    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> text, nint count);

    /// <summary>kill(2)</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    /// <summary>syscall(2), for pidfd_open(2) and pidfd_send_signal(2)</summary>
    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Syscall(nint number, nint a, nint b, nint c, nint d);

    /// <summary>_exit(2)</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
