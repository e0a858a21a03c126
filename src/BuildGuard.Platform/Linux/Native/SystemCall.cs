using System.Runtime.InteropServices;

namespace BuildGuard.Platform.Linux.Native;

/// <summary>
/// System call numbers. Source: <c>arch/x86/entry/syscalls/syscall_64.tbl</c> and <c>include/uapi/asm-generic/unistd.h</c>
/// of the kernel. From 424 on they are the same on all architectures.
/// </summary>
internal static class SystemCall
{
    public const int PidFdSendSignal = 424;
    public const int PidFdOpen = 434;
    public const int Clone3 = 435;

    private static readonly bool IsX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public static int Read => IsX64 ? 0 : 63;

    public static int Write => IsX64 ? 1 : 64;

    public static int Close => IsX64 ? 3 : 57;

    public static int RtSigAction => IsX64 ? 13 : 134;

    public static int RtSigProcMask => IsX64 ? 14 : 135;

    public static int Clone => IsX64 ? 56 : 220;

    public static int Execve => IsX64 ? 59 : 221;

    public static int PrCtl => IsX64 ? 157 : 167;

    public static int GetTid => IsX64 ? 186 : 178;

    public static int GetDents64 => IsX64 ? 217 : 61;

    public static int KCmp => IsX64 ? 312 : 272;

    public static int PrLimit64 => IsX64 ? 302 : 261;
}
