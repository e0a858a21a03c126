using System.Text;

namespace BuildGuard.Cli.Output;

/// <summary>Breaks a line for people at its words, where a terminal would break it in the middle of one.</summary>
internal static class Fold
{
    /// <summary>What continues a line stands that much further in.</summary>
    private const int Step = 2;

    /// <summary>On less nothing is to be gained.</summary>
    private const int Least = 16;

    /// <summary>The line, in as many as it takes. A word that is too long for any, as a path may be, is left to the terminal.</summary>
    /// <param name="line">One line; colour sequences in it take no width.</param>
    /// <param name="columns">Columns of the terminal; 0 where there is none, or where it does not tell.</param>
    /// <param name="hang">Where the further lines begin; by default a step further in than the first.</param>
    public static string At(string line, int columns, int? hang = null)
    {
        if (columns < Least || TextWidth.OfColoured(line) <= columns)
        {
            return line;
        }

        int start = line.Length - line.TrimStart(' ').Length;
        int indent = Math.Min(hang ?? start + Step, columns / 2);
        var folded = new StringBuilder(line.Length + 16).Append(' ', start);
        int column = start;
        int at = start;
        bool isFurther = false;
        while (at < line.Length)
        {
            int word = line.AsSpan(at).IndexOfAnyExcept(' ');
            if (word < 0)
            {
                return folded.Append(line.AsSpan(at)).ToString();
            }

            int end = EndOf(line, at + word, columns - indent);
            string text = line[(at + word)..end];
            int width = TextWidth.OfColoured(text);

            // What aligned columns on the first line is only a hole on a further one.
            word = isFurther ? Math.Min(word, Step) : word;
            if (column + word + width <= columns || at == start)
            {
                folded.Append(' ', word);
                column += word;
            }
            else
            {
                // One that just fits on a line stands as far in as it can.
                column = Math.Clamp(columns - width, 0, indent);
                folded.Append('\n').Append(' ', column);
                isFurther = true;
            }

            folded.Append(text);
            column = ColumnBehind(text, column, columns);
            at = end;
        }

        return folded.ToString();
    }

    /// <summary>The end of a word. A command in quotes is one, if a line has room for it: it may be copied.</summary>
    private static int EndOf(string line, int from, int room)
    {
        int end = EndOfWord(line, from);
        if (line[from] != '\'' && !(line[from] == '(' && from + 1 < line.Length && line[from + 1] == '\''))
        {
            return end;
        }

        for (int last = end; ; last = EndOfWord(line, last + 1))
        {
            if (line.AsSpan(from, last - from).TrimEnd(",.;:)").EndsWith("'") && last - from > 1)
            {
                return TextWidth.OfColoured(line[from..last]) <= room ? last : end;
            }

            if (last >= line.Length)
            {
                return end;
            }
        }
    }

    private static int EndOfWord(string line, int from)
    {
        int length = from >= line.Length ? -1 : line.AsSpan(from).IndexOf(' ');
        return length < 0 ? line.Length : from + length;
    }

    /// <summary>Where the cursor stands behind a word, which the terminal may have had to break.</summary>
    private static int ColumnBehind(string word, int column, int columns)
    {
        foreach (Rune rune in TextWidth.Plain(word).EnumerateRunes())
        {
            int width = TextWidth.Of(rune);
            column = column + width > columns ? width : column + width;
        }

        return column;
    }
}
