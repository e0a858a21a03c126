using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BuildGuard.Diagnostics;

/// <summary>
/// Escapes what JSON requires, and what else would end a line, command a terminal or turn a line around: see
/// <see cref="ForeignText.IsUnseen"/>. All else stands there as it is.
/// </summary>
/// <remarks>
/// The framework's encoders first make tables of all characters, two pairs of them; every guarded command would pay for
/// the 35 KB with nine page faults.
/// </remarks>
public sealed unsafe class JsonEncoder : JavaScriptEncoder
{
    private const string Short = "\"\\\b\f\n\r\t";
    private const string ShortNames = "\"\\bfnrt";

    private JsonEncoder()
    {
    }

    /// <summary>How JSON is written on a line of its own.</summary>
    public static JsonWriterOptions Compact { get; } = new() { Encoder = new JsonEncoder() };

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => 6;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar is '"' or '\\' || ForeignText.IsUnseen(unicodeScalar);

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        for (int i = 0; i < textLength; i++)
        {
            bool pair = i + 1 < textLength && char.IsSurrogatePair(text[i], text[i + 1]);
            if (WillEncode(pair ? char.ConvertToUtf32(text[i], text[i + 1]) : text[i]))
            {
                return i;
            }

            i += pair ? 1 : 0;
        }

        return -1;
    }

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text)
    {
        for (int i = 0; i < utf8Text.Length; i++)
        {
            if (utf8Text[i] >= 0x80)
            {
                int rest = base.FindFirstCharacterToEncodeUtf8(utf8Text[i..]);
                return rest < 0 ? rest : i + rest;
            }

            if (WillEncode(utf8Text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var destination = new Span<char>(buffer, bufferLength);
        numberOfCharactersWritten = 0;
        int known = unicodeScalar < 0x80 ? Short.IndexOf((char)unicodeScalar, StringComparison.Ordinal) : -1;
        if (known >= 0 && destination.Length >= 2)
        {
            (destination[0], destination[1]) = ('\\', ShortNames[known]);
            numberOfCharactersWritten = 2;
            return true;
        }

        Span<char> units = stackalloc char[2];
        units = units[..new Rune(unicodeScalar).EncodeToUtf16(units)];
        if (destination.Length < 6 * units.Length)
        {
            return false;
        }

        foreach (char unit in units)
        {
            _ = destination[numberOfCharactersWritten..].TryWrite(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}", out int written);
            numberOfCharactersWritten += written;
        }

        return true;
    }
}
