using System.Text;

namespace BuildGuard.Cli.Output;

/// <summary>Aligned columns of plain text. Cells may carry colour sequences, which take no width.</summary>
internal sealed class Table
{
    private const string Gap = "  ";

    /// <summary>Columns of a note where no terminal tells how many there are.</summary>
    private const int Unfolded = 300;

    private readonly List<string[]> _rows = [];
    private readonly Dictionary<int, Func<int, string>> _notes = [];
    private readonly HashSet<int> _right = [];

    /// <summary>A table with columns of figures, which are aligned to the right.</summary>
    public Table(params ReadOnlySpan<int> rightAligned)
    {
        foreach (int column in rightAligned)
        {
            _right.Add(column);
        }
    }

    /// <summary>Whether it has no rows.</summary>
    public bool IsEmpty => _rows.Count == 0;

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Adds a line below the last row, beside its first column.</summary>
    /// <param name="text">The line, given the columns that there are for it; empty for none.</param>
    public void AddNote(Func<int, string> text) => _notes[_rows.Count - 1] = text;

    /// <summary>Writes it. On a terminal that is too narrow for a row, what the first columns leave room for is folded beside them.</summary>
    public void WriteTo(TextWriter writer, string indent = "")
    {
        int[] widths = Widths();
        for (int r = 0; r < _rows.Count; r++)
        {
            WriteRow(r, widths, writer, indent);
        }
    }

    /// <summary>The lines of each row, with its note, on a terminal.</summary>
    /// <param name="width">Its columns.</param>
    public IReadOnlyList<string[]> Rows(int width)
    {
        int[] widths = Widths();
        return [.. Enumerable.Range(0, _rows.Count).Select(r =>
        {
            using var text = new StringWriter();
            WriteRow(r, widths, new FoldingWriter(text, () => width), "");
            return text.ToString().Split('\n')[..^1];
        })];
    }

    private int[] Widths()
    {
        int columns = _rows.Count == 0 ? 0 : _rows.Max(r => r.Length);
        return [.. Enumerable.Range(0, columns).Select(c => _rows.Max(r => c < r.Length ? TextWidth.OfColoured(r[c]) : 0))];
    }

    private void WriteRow(int r, int[] widths, TextWriter writer, string indent)
    {
        string[] row = _rows[r];
        string line = indent + Aligned(row, widths).TrimEnd();
        if (writer is FoldingWriter { Columns: > 0 and int room } terminal && TextWidth.OfColoured(line) > room)
        {
            int kept = Kept(widths, row.Length, room - indent.Length, out int hang);
            IEnumerable<string> rest = row[kept..].Where(cell => cell.Length > 0);
            terminal.WriteLine(indent + Aligned(row[..kept], widths) + string.Join(Gap, rest), indent.Length + Math.Max(hang, Gap.Length));
        }
        else
        {
            writer.WriteLine(line);
        }

        WriteNote(r, writer, indent + new string(' ', widths[0] + Gap.Length));
    }

    private void WriteNote(int row, TextWriter writer, string indent)
    {
        int room = writer is FoldingWriter { Columns: > 0 and int columns } ? columns : Unfolded;
        if (_notes.TryGetValue(row, out Func<int, string>? note) && note(Math.Max(0, room - indent.Length)) is { Length: > 0 } text)
        {
            writer.WriteLine(indent + Terminal.Faint(text));
        }
    }

    private string Aligned(string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (int c = 0; c < cells.Length; c++)
        {
            string padding = new(' ', widths[c] - TextWidth.OfColoured(cells[c]));
            line.Append(_right.Contains(c) ? padding + cells[c] : cells[c] + padding).Append(Gap);
        }

        return line.ToString();
    }

    /// <summary>How many of the first columns stay columns: as many as leave half of the line to the others.</summary>
    private static int Kept(int[] widths, int cells, int room, out int taken)
    {
        int kept = 0;
        taken = 0;
        while (kept < cells - 1 && taken + widths[kept] + Gap.Length <= room / 2)
        {
            taken += widths[kept++] + Gap.Length;
        }

        return kept;
    }
}
