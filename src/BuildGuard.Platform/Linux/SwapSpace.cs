namespace BuildGuard.Platform.Linux;

/// <summary>The machine's swap, as <c>proc_meminfo(5)</c> tells it.</summary>
/// <param name="UsedBytes">In use, in bytes.</param>
/// <param name="TotalBytes">There at all, in bytes; 0 if there is none.</param>
public readonly record struct SwapSpace(long UsedBytes, long TotalBytes)
{
    /// <summary>How it is now.</summary>
    public static SwapSpace Look()
    {
        Span<byte> buffer = stackalloc byte[4096];
        int length = ProcFile.Read("/proc/meminfo", buffer);
        if (length <= 0)
        {
            return default;
        }

        ReadOnlySpan<byte> text = buffer[..length];
        long total = Math.Max(0, ProcFile.Field(text, "SwapTotal"u8));
        long free = Math.Clamp(ProcFile.Field(text, "SwapFree"u8), 0, total);
        return new SwapSpace((total - free) * 1024, total * 1024);
    }
}
