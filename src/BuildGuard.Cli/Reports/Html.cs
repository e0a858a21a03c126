using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace BuildGuard.Cli.Reports;

/// <summary>
/// A page being written. What stands in the holes of an interpolated string is escaped, without exception: labels and
/// command lines are written by anybody.
/// </summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new();

    /// <summary>Writes markup; what stands in its holes is text.</summary>
    public Html Add([InterpolatedStringHandlerArgument("")] Markup markup)
    {
        // The handler has written it while it was put together.
        _ = markup;
        return this;
    }

    /// <summary>Writes the style sheet, which is ours and not escaped.</summary>
    public void AddStyle(string css) => _text.Append(css);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void Escape(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            _ = Rune.DecodeFromUtf16(text, out Rune rune, out int length);
            _ = rune.Value switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                '\'' => _text.Append("&#39;"),
                '\t' or '\n' or '\r' => _text.Append(' '),
                _ when IsUnseen(rune) => _text.Append('\uFFFD'),
                _ => _text.Append(rune.ToString()),
            };
            text = text[length..];
        }
    }

    /// <summary>Control characters, and those that turn the direction of a line around.</summary>
    private static bool IsUnseen(Rune rune) =>
        Rune.IsControl(rune) || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x2028 or 0x2029;

    /// <summary>The parts of one piece of markup.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Markup
    {
        private readonly Html _html;

        public Markup(int literalLength, int holes, Html html) => (_html, _) = (html, literalLength + holes);

        public void AppendLiteral(string markup) => _html._text.Append(markup);

        public void AppendFormatted(string? text) => _html.Escape(text);

        public void AppendFormatted(int number) => _html._text.Append(CultureInfo.InvariantCulture, $"{number}");

        /// <summary>With two decimals, which is more than a screen shows of a percentage.</summary>
        public void AppendFormatted(double number) => _html._text.Append(CultureInfo.InvariantCulture, $"{number:0.##}");
    }
}
