using System.Text;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Output;

/// <summary>Lines for people on a terminal: see <see cref="Fold"/>.</summary>
/// <param name="inner">Takes them.</param>
/// <param name="columns">Columns of the terminal now: a window may be drawn wider or narrower.</param>
internal sealed class FoldingWriter(TextWriter inner, Func<int> columns) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Columns of the terminal; 0 where it does not tell.</summary>
    public int Columns => columns();

    /// <summary>Writes a line whose further lines begin at a column of its own.</summary>
    public void WriteLine(string line, int hang) => inner.Write(Fold.At(Fit(line), Columns, hang) + "\n");

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value + "\n");

    /// <inheritdoc/>
    public override void WriteLine() => inner.Write("\n");

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        int width = Columns;
        inner.Write(string.Join('\n', (value ?? "").Split('\n').Select(line => Fold.At(Fit(line), width))));
    }

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(char value) => inner.Write(value);

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <summary>The last place before the terminal: of all that could steer it only colours get through.</summary>
    private static string Fit(string line)
    {
        string[] parts = line.Split(TextWidth.Escape);
        for (int i = 0; i < parts.Length; i++)
        {
            int end = i == 0 ? 0 : EndOfColour(parts[i]);
            parts[i] = $"{(end > 0 ? $"{TextWidth.Escape}{parts[i][..end]}" : i > 0 ? "\uFFFD" : "")}{ForeignText.Clean(parts[i][end..])}";
        }

        return string.Concat(parts);
    }

    /// <summary>Behind the colour sequence that a text begins with, its first character left out; 0: it begins with none.</summary>
    private static int EndOfColour(string text)
    {
        int end = text.StartsWith('[') ? 1 : 0;
        while (end > 0 && end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == ';'))
        {
            end++;
        }

        return end > 0 && end < text.Length && text[end] == 'm' ? end + 1 : 0;
    }
}

/// <summary>Messages for people on the terminal of standard error.</summary>
/// <param name="inner">Takes them.</param>
internal sealed class FoldingLines(ILineWriter inner) : ILineWriter
{
    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> line)
    {
        int columns = StandardStreams.Columns(StandardStreams.Error);
        inner.Write(columns == 0 ? line : Encoding.UTF8.GetBytes(Fold.At(Encoding.UTF8.GetString(line).TrimEnd('\n'), columns) + "\n"));
    }
}
