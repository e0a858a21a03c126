using System.Text;

namespace BuildGuard.Cli.Output;

/// <summary>Aligned columns of plain text. Cells may carry colour sequences, which take no width.</summary>
internal sealed class Table
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];
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

    /// <summary>Writes it. On a terminal that is too narrow for a row, what the first columns leave room for is folded beside them.</summary>
    public void WriteTo(TextWriter writer, string indent = "")
    {
        int columns = _rows.Count == 0 ? 0 : _rows.Max(r => r.Length);
        int[] widths = [.. Enumerable.Range(0, columns).Select(c => _rows.Max(r => c < r.Length ? TextWidth.OfColoured(r[c]) : 0))];
        foreach (string[] row in _rows)
        {
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
