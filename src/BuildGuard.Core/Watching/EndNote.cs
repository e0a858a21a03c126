using System.Globalization;
using System.Text;

namespace BuildGuard.Watching;

/// <summary>
/// When a watch last ended something for memory, for the next one: one that looks once, as from cron, or is started anew. Its end may
/// not have shown yet what it gave.
/// </summary>
/// <param name="BootId">The kernel's boot id: the time counts from there.</param>
/// <param name="At">When, in milliseconds since the boot, by a clock that nobody sets.</param>
/// <param name="UsedPercent">Memory in use at that time, in per cent.</param>
public sealed record EndNote(string BootId, long At, double UsedPercent)
{
    /// <summary>How much of the file is read, in bytes: what somebody else put there may be longer, and stays behind the note.</summary>
    public const int MaxBytes = Width + 1;

    private const int Width = 95;

    /// <summary>How long ago that was; <c>null</c>: before the boot, or not yet, so it means nothing.</summary>
    /// <param name="bootId">The boot id now.</param>
    /// <param name="now">Milliseconds since the boot.</param>
    public TimeSpan? AgeAt(string bootId, long now) => bootId == BootId && At <= now ? TimeSpan.FromMilliseconds(now - At) : null;

    /// <summary>As a file: one line, of one length, so that it can be written over the one before.</summary>
    public byte[] ToBytes() =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{BootId} {At} {UsedPercent:0.00}").PadRight(Width) + "\n");

    /// <summary>Reads the file; <c>null</c>: it holds nothing that we write.</summary>
    public static EndNote? Parse(ReadOnlySpan<byte> bytes) =>
        Encoding.UTF8.GetString(bytes) is [.. var line, '\n']
        && line.TrimEnd(' ').Split(' ') is [{ Length: > 0 } boot, var at, var used]
        && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out long time)
        && double.TryParse(used, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent)
        && percent <= 100
            ? new EndNote(boot, time, percent)
            : null;
}
