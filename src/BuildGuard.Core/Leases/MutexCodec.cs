using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace BuildGuard.Leases;

/// <summary>
/// The format of a queue's mutex: the counter, twenty digits, padded to a line of <see cref="HolderOffset"/> bytes; then
/// the ticket granted last, or nothing, padded to a line of <see cref="HolderWidth"/> bytes. What looks otherwise is not
/// believed.
/// </summary>
internal static class MutexCodec
{
    public const int CounterWidth = 20;
    public const int HolderOffset = 32;
    public const int HolderWidth = 32;

    /// <summary>Writes the first line.</summary>
    public static void EncodeCounter(ulong counter, Span<byte> line)
    {
        line.Fill((byte)' ');
        counter.TryFormat(line, out _, "D20", CultureInfo.InvariantCulture);
        line[^1] = (byte)'\n';
    }

    /// <summary>Writes the second line.</summary>
    public static void EncodeHolder(TicketName? holder, Span<byte> line)
    {
        line.Fill((byte)' ');
        if (holder is { } name)
        {
            Encoding.ASCII.GetBytes(name.ToString(), line);
        }

        line[^1] = (byte)'\n';
    }

    /// <summary>Whether the first line holds a counter at all.</summary>
    public static bool IsCounter(ReadOnlySpan<byte> digits) => digits.Length == CounterWidth && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    /// <summary>Reads the digits of the first line; 0 if they are no number that we could have given out.</summary>
    public static ulong DecodeCounter(ReadOnlySpan<byte> digits) =>
        digits.Length == CounterWidth
        && Utf8Parser.TryParse(digits, out ulong number, out int consumed)
        && consumed == CounterWidth
        && number < TicketName.MaxNumber
            ? number
            : 0;

    /// <summary>Reads the second line; <c>null</c> if it names no ticket.</summary>
    public static TicketName? DecodeHolder(ReadOnlySpan<byte> line) =>
        line.Length == HolderWidth
        && TicketName.TryParse(Encoding.ASCII.GetString(line).TrimEnd(' ', '\n'), out TicketName name)
            ? name
            : null;

    /// <summary>Whether the second line says that nobody holds the turn.</summary>
    public static bool NamesNobody(ReadOnlySpan<byte> line) => line.Length == HolderWidth && line.TrimEnd(" \n"u8).IsEmpty;
}
