using System.Runtime.InteropServices;

namespace BuildGuard.Platform.Linux.Native;

/// <summary>The C library's process calls, and the system calls that it does not wrap everywhere.</summary>
internal static unsafe partial class Libc
{
    public const int SIGKILL = 9;
    public const int SIGPIPE = 13;
    public const int SIGTERM = 15;
    public const int SIGCHLD = 17;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;

    public const int SIG_UNBLOCK = 1;
    public const int SIG_SETMASK = 2;
    public const int WNOHANG = 1;
    public const int PR_SET_PDEATHSIG = 1;
    public const int PR_SET_CHILD_SUBREAPER = 36;
    public const int RLIMIT_NOFILE = 7;
    public const int RLIMIT_LOCKS = 10;
    public const int CLOCK_BOOTTIME = 7;

    /// <summary><c>setrlimit(2)</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct RLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    /// <summary><c>clock_gettime(2)</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary><c>getrusage(2)</c>: the two times we read, then what we do not.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    public struct RUsage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;

        public readonly long CpuMicroseconds =>
            ((UserSeconds + SystemSeconds) * 1_000_000) + UserMicroseconds + SystemMicroseconds;
    }

    /// <summary>getpid(2).</summary>
    [LibraryImport("libc", EntryPoint = "getpid")]
    public static partial int GetPid();

    /// <summary>getppid(2).</summary>
    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int GetPPid();

    /// <summary>geteuid(2).</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEUid();

    /// <summary>kill(2).</summary>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    /// <summary>raise(3): a signal to the calling thread.</summary>
    [LibraryImport("libc", EntryPoint = "raise")]
    public static partial int Raise(int signal);

    /// <summary>wait4(2).</summary>
    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    public static partial int Wait4(int pid, int* status, int options, RUsage* usage);

    /// <summary>waitid(2).</summary>
    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, uint id, byte* info, int options);

    /// <summary>Whether this process has any children, zombies included. Collects nothing.</summary>
    public static bool HasChildren()
    {
        const int P_ALL = 0;
        const int WEXITED = 4;
        const int WNOWAIT = 0x1000000;
        byte* info = stackalloc byte[128];
        return WaitId(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) == 0;
    }

    /// <summary>The CPU time of the calling thread: clock_gettime(2), CLOCK_THREAD_CPUTIME_ID.</summary>
    public static TimeSpan ThreadTime
    {
        get
        {
            const int CLOCK_THREAD_CPUTIME_ID = 3;
            TimeSpec now;
            return ClockGetTime(CLOCK_THREAD_CPUTIME_ID, &now) == 0
                ? TimeSpan.FromSeconds(now.Seconds) + TimeSpan.FromMicroseconds(now.Nanoseconds / 1000)
                : TimeSpan.Zero;
        }
    }

    /// <summary>prctl(2).</summary>
    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int PrCtl(int option, nint a, nint b, nint c, nint d);

    /// <summary>getrlimit(2).</summary>
    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetRLimit(int resource, RLimit* limit);

    /// <summary>prlimit(2).</summary>
    [LibraryImport("libc", EntryPoint = "prlimit64", SetLastError = true)]
    public static partial int PrLimit(int pid, int resource, RLimit* changed, RLimit* before);

    /// <summary>clock_gettime(2).</summary>
    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int ClockGetTime(int clock, TimeSpec* time);

    /// <summary>sysconf(3).</summary>
    [LibraryImport("libc", EntryPoint = "sysconf")]
    public static partial nint SysConf(int name);

    /// <summary><c>struct sigaction</c> of the C library, the same for glibc and musl on x64 and arm64.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SignalAction
    {
        public nint Handler;
        public fixed byte Mask[128];
        public int Flags;
        public nint Restorer;
    }

    /// <summary>sigaction(2)</summary>
    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    public static partial int SigAction(int signal, SignalAction* action, SignalAction* before);

    /// <summary>mmap(2).</summary>
    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* MMap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    /// <summary>mprotect(2).</summary>
    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    public static partial int MProtect(void* address, nuint length, int protection);

    /// <summary>syscall(2). Its numbers are in <see cref="SystemCall"/>.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Syscall(nint number, nint a, nint b, nint c, nint d);

    /// <summary>A descriptor that means exactly one process, however its id is reused; -1 with the error. pidfd_open(2), Linux 5.3.</summary>
    public static int PidFdOpen(int pid) => (int)Syscall(SystemCall.PidFdOpen, pid, 0, 0, 0);

    /// <summary>Signals exactly that process. pidfd_send_signal(2), Linux 5.1.</summary>
    public static int PidFdSendSignal(int pidfd, int signal) => (int)Syscall(SystemCall.PidFdSendSignal, pidfd, signal, 0, 0);

    /// <summary>Milliseconds since boot, time spent suspended included: the clock that start times of processes are given in.</summary>
    public static long BootTimeMilliseconds
    {
        get
        {
            TimeSpec now;
            return ClockGetTime(CLOCK_BOOTTIME, &now) == 0 ? (now.Seconds * 1000) + (now.Nanoseconds / 1_000_000) : 0;
        }
    }
}
