using System.Globalization;
using System.Text;

namespace BuildGuard.Cli.Output;

/// <summary>How many columns of a terminal a character takes (Unicode's East Asian Width, as wcwidth(3)).</summary>
internal static class TextWidth
{
    /// <summary>What colour sequences begin with.</summary>
    public const char Escape = '\e';

    /// <summary>Ranges whose characters take two columns: Hangul, CJK, full width forms, pictures.</summary>
    private static readonly (int First, int Last)[] s_wide =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F),
        (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF), (0x20000, 0x3FFFD),
    ];

    /// <summary>The columns that a text takes.</summary>
    public static int Of(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += Of(rune);
        }

        return width;
    }

    /// <summary>The columns that a text takes whose colour sequences take none.</summary>
    public static int OfColoured(string text) => Of(Plain(text));

    /// <summary>A text without its colour sequences.</summary>
    public static string Plain(string text)
    {
        if (!text.Contains(Escape, StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            int end = text[i] == Escape ? text.IndexOf('m', i) : -1;
            if (end < 0)
            {
                plain.Append(text[i]);
            }
            else
            {
                i = end;
            }
        }

        return plain.ToString();
    }

    /// <summary>The columns that a character takes: 0, 1 or 2.</summary>
    public static int Of(Rune rune)
    {
        if (rune.Value < 0x300)
        {
            return 1;
        }

        return Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            ? 0
            : Array.Exists(s_wide, range => rune.Value >= range.First && rune.Value <= range.Last) ? 2 : 1;
    }

    /// <summary>As much of a text as fits, with an ellipsis where it was cut.</summary>
    public static string Cut(string text, int width)
    {
        if (Of(text) <= width)
        {
            return text;
        }

        var cut = new StringBuilder();
        int taken = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (taken + Of(rune) > width - 1)
            {
                break;
            }

            taken += Of(rune);
            cut.Append(rune.ToString());
        }

        return width <= 0 ? "" : cut.Append('…').ToString();
    }

    /// <summary>As much of the end of a text as fits, with an ellipsis where it was cut.</summary>
    public static string CutFront(string text, int width)
    {
        if (Of(text) <= width || width <= 0)
        {
            return width <= 0 ? "" : text;
        }

        int left = Of(text) + 1 - width;
        int from = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (left <= 0 && Of(rune) > 0)
            {
                break;
            }

            left -= Of(rune);
            from += rune.Utf16SequenceLength;
        }

        return "…" + text[from..];
    }

    /// <summary>A text cut or filled up to a width.</summary>
    public static string Fit(string text, int width, bool right = false)
    {
        string cut = Cut(text, width);
        string padding = new(' ', Math.Max(0, width - Of(cut)));
        return right ? padding + cut : cut + padding;
    }
}
