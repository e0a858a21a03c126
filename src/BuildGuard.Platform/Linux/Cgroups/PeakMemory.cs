namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>The most memory that a group held, as a viewer from outside can read it.</summary>
internal static class PeakMemory
{
    /// <summary>
    /// In bytes, without the page cache that is there now: the kernel counts it into the peak. <c>null</c> if the group has no
    /// memory controller, or the kernel is older than 5.19 (version 2).
    /// </summary>
    public static long? Of(string group)
    {
        Span<byte> buffer = stackalloc byte[8192];
        int length = ProcFile.Read(group + "/memory.peak", buffer);
        bool v2 = length > 0;
        if (!v2)
        {
            length = ProcFile.Read(group + "/memory.max_usage_in_bytes", buffer);
        }

        if (length <= 0)
        {
            return null;
        }

        long peak = ProcFile.Number(buffer[..length]);
        length = ProcFile.Read(group + "/memory.stat", buffer);
        ReadOnlySpan<byte> stat = buffer[..Math.Max(0, length)];
        long cache = v2
            ? ProcFile.Field(stat, "file"u8) - ProcFile.Field(stat, "shmem"u8)
            : ProcFile.Field(stat, "total_cache"u8) - ProcFile.Field(stat, "total_shmem"u8);
        return Math.Max(0, peak - Math.Max(0, cache));
    }
}
