namespace BuildGuard.Integration.Matrix;

/// <summary>The table of docs/guide/matrix.md.</summary>
internal static class MatrixTable
{
    private static readonly string[] s_heads = ["| what you type |", "|---|"];

    /// <summary>One row.</summary>
    /// <param name="Command">What is typed.</param>
    /// <param name="State">What becomes of it.</param>
    /// <param name="Tests">The tests that show it, each <c>Class.Method</c>.</param>
    internal sealed record Row(string Command, string State, IReadOnlyList<string> Tests);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Row> Read() => [.. File.ReadAllLines(Path.Combine(Package.Root, "docs", "guide", "matrix.md"))
        .Where(line => line.StartsWith('|') && !s_heads.Any(head => line.StartsWith(head, StringComparison.Ordinal)))
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())
        .Select(cells => new Row(cells[0], cells[1], [.. cells[^1].Split(',').Select(test => test.Trim().Trim('`'))]))];
}
