using System.Globalization;
using System.Text;

namespace BuildGuard.Settings;

/// <summary>Lengths of time as people write them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h</c>, <c>1h30m</c>, <c>2d</c>.</summary>
public static class Duration
{
    /// <summary>What a duration looks like, for messages.</summary>
    public const string Expected = "a duration such as 500ms, 30s, 5m, 1h or 1h30m, at most ten years (3650d)";

    /// <summary>Ten years; more is a mistake in writing.</summary>
    private const long MaxMilliseconds = 3650L * 24 * 3600 * 1000;

    private static readonly (string Name, long Milliseconds)[] Units =
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

    /// <summary>Reads a duration. A number without a unit is refused: nobody can know what it means.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        ReadOnlySpan<char> rest = text.Trim();
        long total = 0;
        int smallestSoFar = -1;
        do
        {
            if (!TryTakePart(ref rest, out long value, out int unit)
                || unit <= smallestSoFar
                || value > MaxMilliseconds / Units[unit].Milliseconds)
            {
                return false;
            }

            smallestSoFar = unit;
            total += value * Units[unit].Milliseconds;
        }
        while (!rest.IsEmpty);

        if (total > MaxMilliseconds)
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(total);
        return true;
    }

    /// <summary>Writes a duration in the form that <see cref="TryParse"/> reads, in whole milliseconds.</summary>
    public static string ToText(TimeSpan duration)
    {
        long rest = (long)duration.TotalMilliseconds;
        if (rest < 0)
        {
            return "-" + ToText(duration.Negate());
        }

        var text = new StringBuilder();
        foreach ((string name, long milliseconds) in Units)
        {
            long count = Math.DivRem(rest, milliseconds, out rest);
            if (count > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{count}{name}");
            }
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }

    /// <summary>
    /// Writes a measured time for people: at most two units, milliseconds only below one second. For waits and ages, where
    /// <c>2h5m</c> says more than <c>2h5m3s120ms</c>.
    /// </summary>
    public static string ToAge(TimeSpan duration)
    {
        long milliseconds = Math.Max(0, (long)duration.TotalMilliseconds);
        long coarse = milliseconds switch
        {
            < 1000 => milliseconds,
            < 3_600_000 => milliseconds / 1000 * 1000,
            < 86_400_000 => milliseconds / 60_000 * 60_000,
            _ => milliseconds / 3_600_000 * 3_600_000,
        };
        return ToText(TimeSpan.FromMilliseconds(coarse));
    }

    private static bool TryTakePart(ref ReadOnlySpan<char> rest, out long value, out int unit)
    {
        unit = -1;
        int digits = 0;
        while (digits < rest.Length && char.IsAsciiDigit(rest[digits]))
        {
            digits++;
        }

        if (!long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }

        rest = rest[digits..];
        int letters = 0;
        while (letters < rest.Length && char.IsAsciiLetter(rest[letters]))
        {
            letters++;
        }

        for (int i = 0; i < Units.Length; i++)
        {
            if (rest[..letters].Equals(Units[i].Name, StringComparison.OrdinalIgnoreCase))
            {
                unit = i;
                rest = rest[letters..];
                return true;
            }
        }

        return false;
    }
}
