using BuildGuard.Leases;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// A number that whatever a lease starts is born with and hands on: the soft limit of file locks, RLIMIT_LOCKS.
/// </summary>
/// <remarks>
/// The kernel has ignored that limit since 2.4.25 (getrlimit(2)) and everybody may read it in <c>/proc/PID/limits</c>.
/// Unlike a variable or a session id it survives <c>env -i</c>, <c>setsid</c>, double forks and closed descriptors: only
/// setrlimit(2) itself removes it.
/// </remarks>
internal readonly record struct LeaseMark
{
    // Above any limit that somebody sets by hand, and below "unlimited".
    private const ulong Mask = (1UL << 62) - 1;
    private const ulong Base = 1UL << 62;

    private LeaseMark(ulong value) => Value = value;

    /// <summary>The limit.</summary>
    public ulong Value { get; }

    /// <summary>The mark of a lease. Two leases share one with a probability of 2^-62.</summary>
    public static LeaseMark Of(LeaseId lease, CgroupName name) => new(Base | ((ulong)CgroupName.Hash(name.Of(lease)) & Mask));

    /// <summary>
    /// The mark of what a lease keeps: whatever that is born with in its environment, it is none of that lease's any more.
    /// </summary>
    public static LeaseMark OfKept(LeaseId lease, CgroupName name) => new(Base | ((ulong)CgroupName.Hash("kept " + name.Of(lease)) & Mask));

    /// <summary>Gives it to a process, which hands it on to those that it starts from now on. One of another user keeps what it has.</summary>
    public unsafe void GiveTo(int pid)
    {
        Libc.RLimit limit;
        if (Libc.PrLimit(pid, Libc.RLIMIT_LOCKS, null, &limit) == 0 && Value <= limit.Hard)
        {
            limit.Soft = Value;
            _ = Libc.PrLimit(pid, Libc.RLIMIT_LOCKS, &limit, null);
        }
    }

    /// <summary>Whether a process bears it.</summary>
    public bool IsBorneBy(int pid) => Is(LimitOf(pid));

    /// <summary>Whether a limit is it.</summary>
    public bool Is(long limit) => limit == (long)Value;

    /// <summary>Whether a process bears the mark of some lease, of whatever state directory.</summary>
    public static bool IsAnyBorneBy(int pid) => IsAny(LimitOf(pid));

    /// <summary>Whether a limit is the mark of some lease.</summary>
    public static bool IsAny(long limit) => limit is >= (long)Base and < long.MaxValue;

    /// <summary>The limit that a process has; -1 if it is gone.</summary>
    public static long LimitOf(int pid)
    {
        Span<byte> buffer = stackalloc byte[2048];
        int length = ProcFile.Read($"/proc/{pid}/limits", buffer);
        return length > 0 ? ProcFile.Field(buffer[..length], "Max file locks"u8) : -1;
    }
}
