using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>How many files this process may have open at once: <c>RLIMIT_NOFILE</c>, getrlimit(2).</summary>
public static class OpenFilesLimit
{
    /// <summary>The soft limit; <c>null</c> if it is not known.</summary>
    public static unsafe ulong? Soft
    {
        get
        {
            Libc.RLimit limit;
            return Libc.GetRLimit(Libc.RLIMIT_NOFILE, &limit) == 0 ? limit.Soft : null;
        }
    }
}
