using System.Text;
using System.Text.Json;

namespace BuildGuard.Cli.Init;

/// <summary>Files of JSON that others wrote, with comments and trailing commas as their readers take them.</summary>
internal static class JsonText
{
    private static readonly JsonDocumentOptions s_options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads one.</summary>
    /// <param name="text">Its bytes, one character each.</param>
    /// <param name="place">Where it is none, as in <c>line 3, column 5</c>; empty if it is.</param>
    /// <returns>What it says; <c>null</c> if it is no JSON.</returns>
    public static JsonDocument? Parse(string text, out string place)
    {
        ReadOnlyMemory<byte> bytes = Programs.ByteText.ToBytes(text);
        bytes = bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        try
        {
            place = "";
            return JsonDocument.Parse(bytes, s_options);
        }
        catch (JsonException e)
        {
            // The reader counts in bytes from zero; people count in characters from one.
            int line = (int)(e.LineNumber ?? 0);
            byte[] before = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(bytes.Span).Split('\n').ElementAtOrDefault(line) ?? "");
            place = $"line {line + 1}, column {Encoding.UTF8.GetCharCount(before, 0, Math.Min((int)(e.BytePositionInLine ?? 0), before.Length)) + 1}";
            return null;
        }
    }
}
