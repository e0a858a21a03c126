using System.Globalization;
using System.Text;

namespace BuildGuard.Diagnostics;

/// <summary>
/// Text that others wrote (command lines, labels, names and contents of files), made fit to stand in a line of ours: it must neither
/// break the line nor steer the terminal, and what it shows must be what it says, in that order.
/// </summary>
public static class ForeignText
{
    /// <summary>
    /// The text on one line. Ends of lines and tabs become spaces; other controls, and what is not seen but turns a line around, joins
    /// or hides something (Unicode's categories Cc, Cf, Zl, Zp, and halves of pairs), become U+FFFD.
    /// </summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsClean(text) ? text : Replaced(text);
    }

    /// <summary>The same, cut to a length with an ellipsis.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">In UTF-16 units; 1 or more.</param>
    public static string Clean(string text, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= maxLength)
        {
            return Clean(text);
        }

        int length = maxLength - 1;
        return Clean(string.Concat(text.AsSpan(0, length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length), "…"));
    }

    /// <summary>Whether a character is one of those that are replaced by U+FFFD.</summary>
    /// <param name="character">A Unicode scalar value, or half a pair.</param>
    public static bool IsUnseen(int character) => character < 0xA0
        ? character is < ' ' or >= 0x7F
        : CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;

    private static bool IsClean(string text)
    {
        foreach (char c in text)
        {
            // Of a pair only the whole tells: see the other way.
            if (IsUnseen(c))
            {
                return false;
            }
        }

        return true;
    }

    private static string Replaced(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value is '\n' or '\t' or '\r' ? clean.Append(' ') : IsUnseen(rune.Value) ? clean.Append('\uFFFD') : clean.Append(rune);
        }

        return clean.ToString();
    }
}
