using System.Text;

namespace BuildGuard.Cli.Output;

/// <summary>Aligned columns of plain text. Cells may carry colour sequences, which take no width.</summary>
internal sealed class Table
{
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

    /// <summary>Writes it.</summary>
    public void WriteTo(TextWriter writer, string indent = "")
    {
        int columns = _rows.Count == 0 ? 0 : _rows.Max(r => r.Length);
        int[] widths = [.. Enumerable.Range(0, columns).Select(c => _rows.Max(r => c < r.Length ? WidthOf(r[c]) : 0))];
        foreach (string[] row in _rows)
        {
            var line = new StringBuilder(indent);
            for (int c = 0; c < row.Length; c++)
            {
                string padding = new(' ', widths[c] - WidthOf(row[c]));
                line.Append(_right.Contains(c) ? padding + row[c] : row[c] + padding);
                line.Append("  ");
            }

            writer.WriteLine(line.ToString().TrimEnd());
        }
    }

    private static int WidthOf(string cell)
    {
        int length = 0;
        for (int i = 0; i < cell.Length; i++)
        {
            if (cell[i] == '\u001b')
            {
                i = cell.IndexOf('m', i);
                if (i < 0)
                {
                    break;
                }
            }
            else
            {
                length++;
            }
        }

        return length;
    }
}
