namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>
/// Tells when a group is at its memory limit and the kernel does not say so. Before it gives up it takes away the pages of
/// the programs and libraries themselves. They are needed again at once and read from disk again, and for seconds nothing
/// gets on: there is always a page more to be taken.
/// </summary>
/// <param name="limit">The limit, in bytes; <c>null</c> for none.</param>
internal sealed class Squeeze(long? limit)
{
    /// <summary>How long it must last, in milliseconds: a single program that is loaded at the limit is no squeeze.</summary>
    public const long Patience = 250;

    /// <summary>Pages that had to be read again in that time, at least. A slow disk gives a hundred in a second.</summary>
    public const long Faults = 10;

    private const long Mebibyte = 1024 * 1024;

    private long _since = -1;
    private long _faults;

    /// <summary>Whether the last look found one.</summary>
    public bool IsThere { get; private set; }

    /// <summary>Looks.</summary>
    /// <param name="used">What is charged to the group with page cache and swap, in bytes.</param>
    /// <param name="cache">The page cache in it.</param>
    /// <param name="faults">Major page faults so far.</param>
    /// <param name="now">The time, in milliseconds.</param>
    public void Look(long used, long cache, long faults, long now)
    {
        bool tight = limit is { } most && used >= most - (most / 100) && cache <= Math.Clamp(most / 50, 4 * Mebibyte, 16 * Mebibyte);
        if (tight && _since < 0)
        {
            (_since, _faults) = (now, faults);
        }

        _since = tight ? _since : -1;
        IsThere = tight && now - _since >= Patience && faults - _faults >= Faults;
    }
}
