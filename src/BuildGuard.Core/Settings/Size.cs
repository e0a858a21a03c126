using System.Globalization;

namespace BuildGuard.Settings;

/// <summary>Amounts of memory as people write them: <c>512M</c>, <c>8G</c>, <c>1.5GiB</c>, or plain bytes. Units are binary.</summary>
public static class Size
{
    /// <summary>What a size looks like, for messages.</summary>
    public const string Expected = "a size such as 512M, 8G or a number of bytes (units K, M, G, T)";

    private const string Units = "KMGT";

    /// <summary>Reads a size.</summary>
    /// <param name="text">The text; one space is allowed before the unit.</param>
    /// <param name="bytes">The size in bytes, rounded down.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        ReadOnlySpan<char> number = WithoutUnit(text.Trim(), out int shift);
        if (shift < 0 || number.IsEmpty || !char.IsAsciiDigit(number[0]) || !char.IsAsciiDigit(number[^1]))
        {
            return false;
        }

        bool fraction = number.Contains('.');
        NumberStyles style = fraction && shift > 0 ? NumberStyles.AllowDecimalPoint : NumberStyles.None;
        if (number.Length > 24
            || !decimal.TryParse(number, style, CultureInfo.InvariantCulture, out decimal amount)
            || amount > long.MaxValue >> shift)
        {
            return false;
        }

        bytes = (long)(amount * (1L << shift));
        return true;
    }

    /// <summary>Writes a size for people: exact where a unit divides it, else with one decimal.</summary>
    public static string ToText(long bytes)
    {
        if (bytes < 0)
        {
            return "-" + ToText(bytes == long.MinValue ? long.MaxValue : -bytes);
        }

        for (int unit = Units.Length - 1; unit >= 0; unit--)
        {
            long size = 1L << (10 * (unit + 1));
            if (bytes >= size)
            {
                return bytes % size == 0
                    ? (bytes / size).ToString(CultureInfo.InvariantCulture) + Units[unit]
                    : string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / size:0.0}{Units[unit]}");
            }
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Cuts <c>G</c>, <c>GB</c> or <c>GiB</c> off; <paramref name="shift"/> is -1 if the unit is none of ours.</summary>
    private static ReadOnlySpan<char> WithoutUnit(ReadOnlySpan<char> text, out int shift)
    {
        int end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1]))
        {
            end--;
        }

        ReadOnlySpan<char> unit = text[end..];
        int power = unit.IsEmpty ? -1 : Units.IndexOf(char.ToUpperInvariant(unit[0]), StringComparison.Ordinal);
        ReadOnlySpan<char> suffix = power < 0 ? unit : unit[1..];
        bool known = suffix.IsEmpty
            || suffix.Equals("B", StringComparison.OrdinalIgnoreCase)
            || (power >= 0 && suffix.Equals("iB", StringComparison.OrdinalIgnoreCase));
        shift = known ? 10 * (power + 1) : -1;
        ReadOnlySpan<char> number = text[..end];
        return !unit.IsEmpty && number.EndsWith(" ") ? number[..^1] : number;
    }
}
