using System.Text.Json;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Output;

/// <summary>What standard output can show.</summary>
internal static class Terminal
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Whether colours are wanted: on a terminal, and NO_COLOR (no-color.org) is not set.</summary>
    public static bool HasColours { get; } =
        !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or null or "");

    /// <summary>Standard output for what a program reads or somebody copies: every line as it is.</summary>
    public static TextWriter Exact { get; } = new StreamWriter(new OutputStream(), leaveOpen: true) { AutoFlush = true };

    /// <summary>Standard output for people: on a terminal lines are broken at words, elsewhere it is <see cref="Exact"/>.</summary>
    public static TextWriter Lines { get; } = StandardStreams.IsTerminal(StandardStreams.Out)
        ? new FoldingWriter(Exact, static () => StandardStreams.Columns(StandardStreams.Out))
        : Exact;

    /// <summary>Text that stands out.</summary>
    public static string Bold(string text) => Sequence("1", text);

    /// <summary>Text that says that something is wrong.</summary>
    public static string Red(string text) => Sequence("31", text);

    /// <summary>Text that says that all is well.</summary>
    public static string Green(string text) => Sequence("32", text);

    /// <summary>Text that steps back.</summary>
    public static string Faint(string text) => Sequence("2", text);

    /// <inheritdoc cref="ForeignText.Clean(string, int)"/>
    public static string Safe(string text, int maxLength = 120) => ForeignText.Clean(text, maxLength);

    /// <summary>Writes one JSON document to standard output.</summary>
    public static void WriteJson(Action<Utf8JsonWriter> write)
    {
        using var output = new OutputStream();
        using (var json = new Utf8JsonWriter(output, Indented))
        {
            write(json);
        }

        output.Write("\n"u8);
    }

    /// <summary>Writes one JSON document to standard output, as one line.</summary>
    public static void WriteJsonLine(Action<Utf8JsonWriter> write)
    {
        using var output = new OutputStream();
        using (var json = new Utf8JsonWriter(output))
        {
            write(json);
        }

        output.Write("\n"u8);
    }

    private static string Sequence(string code, string text) => HasColours ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
