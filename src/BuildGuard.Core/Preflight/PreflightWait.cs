using System.Globalization;
using System.Text;
using BuildGuard.Settings;

namespace BuildGuard.Preflight;

/// <summary>
/// What the first one in a queue waits for although its turn has come: the machine is not fit. What it does not wait for is
/// <c>null</c>.
/// </summary>
/// <param name="RequiredMemoryBytes">Memory that must be free, in bytes.</param>
/// <param name="FreeMemoryBytes">Memory that was free at the last look, in bytes.</param>
/// <param name="MaxLoad">The highest one-minute load allowed.</param>
/// <param name="Load">The load at the last look.</param>
public sealed record PreflightWait(long? RequiredMemoryBytes, long? FreeMemoryBytes, double? MaxLoad, double? Load)
{
    /// <summary>How long the form for files is, in bytes; always the same, so that it is rewritten in place.</summary>
    public const int Length = 128;

    private const string Magic = "BGW1";
    private const string Nothing = "-";

    /// <summary>As in <c>memory (4G required, 1.2G free)</c>.</summary>
    public override string ToString()
    {
        string? memory = RequiredMemoryBytes is { } required
            ? $"memory ({Size.ToText(required)} required, {Size.ToText(FreeMemoryBytes ?? 0)} free)"
            : null;
        string? load = MaxLoad is { } max
            ? string.Create(CultureInfo.InvariantCulture, $"a lower load (at most {PreflightReport.TextOf(max)} allowed, {Load ?? 0:0.00} now)")
            : null;
        return memory is not null && load is not null ? $"{memory} and {load}" : memory ?? load ?? "nothing";
    }

    /// <summary>The form for files: one line of words, padded.</summary>
    public byte[] Encode()
    {
        string line = string.Join(' ', Magic, Word(RequiredMemoryBytes), Word(FreeMemoryBytes), Word(MaxLoad), Word(Load));
        return Encoding.ASCII.GetBytes(line.PadRight(Length - 1) + "\n");
    }

    /// <summary>Reads that form; <c>null</c> if it is not exactly that.</summary>
    public static PreflightWait? Decode(ReadOnlySpan<byte> line)
    {
        if (line.Length != Length || line[^1] != (byte)'\n')
        {
            return null;
        }

        string[] words = Encoding.ASCII.GetString(line).TrimEnd().Split(' ');
        return words.Length == 5
            && words[0] == Magic
            && TryRead(words[1], out long? required)
            && TryRead(words[2], out long? free)
            && TryRead(words[3], out double? max)
            && TryRead(words[4], out double? load)
                ? new PreflightWait(required, free, max, load)
                : null;
    }

    private static string Word<T>(T? value)
        where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture) ?? Nothing;

    private static bool TryRead<T>(string word, out T? value)
        where T : struct, ISpanParsable<T>
    {
        value = T.TryParse(word, CultureInfo.InvariantCulture, out T number) ? number : null;
        return value is not null || word == Nothing;
    }
}
