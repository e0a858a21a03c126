
namespace BuildGuard.Cli.Programs;

/// <summary>
/// A word in a text of ours that is the checksum of the rest: so that a text that somebody edited is known from ours.
/// Bytes stand for characters, one each.
/// </summary>
internal static class Seal
{
    /// <summary>Where the checksum goes.</summary>
    public const string Word = "(sealed by buildguard: 0000000000000000)";

    private const string Begin = "(sealed by buildguard: ";

    /// <summary>Puts the checksum in the place of <see cref="Word"/>.</summary>
    public static string Close(string text) => text.Replace(Word, WordOf(text), StringComparison.Ordinal);

    /// <summary>Whether a text is as it was written; <c>null</c> if it has no seal.</summary>
    public static bool? IsWhole(string text)
    {
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        if (begin < 0)
        {
            return null;
        }

        int end = Math.Min(begin + Word.Length, text.Length);
        string word = text[begin..end];
        string open = string.Concat(text.AsSpan(0, begin), Word, text.AsSpan(end));
        return word == WordOf(open);
    }

    private static string WordOf(string text) => $"{Begin}{Checksum.Of(ByteText.ToBytes(text))})";
}
