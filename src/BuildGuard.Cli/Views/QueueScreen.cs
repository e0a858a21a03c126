using BuildGuard.Cli.Output;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Views;

/// <summary>The queue, cut to a window.</summary>
internal static class QueueScreen
{
    /// <summary>
    /// The lines for a window: who has the turn, then as many of those that wait as there is room for, the next one first, and how
    /// many are left out.
    /// </summary>
    public static IReadOnlyList<string> LinesOf(TreeSnapshot tree, IReadOnlyList<ProcessRow> unrecorded, int width, int height)
    {
        List<string> lines = [.. QueueText.HeadOf(tree, unrecorded).SelectMany(line => Fold.At(line, width).Split('\n'))];

        // No row takes less than a line.
        IReadOnlyList<string[]> rows = QueueText.TableOf(tree with { Queue = [.. tree.Queue.Take(height)] }).Rows(width);
        int shown = 0;
        while (shown < rows.Count && (shown == 0 || lines.Count + rows[shown].Length + (shown + 1 < tree.Queue.Count ? 1 : 0) <= height))
        {
            lines.AddRange(rows[shown++]);
        }

        if (shown < tree.Queue.Count)
        {
            lines.Add(Terminal.Faint($"… {tree.Queue.Count - shown} more"));
        }

        return lines.Count <= height ? lines : lines[..height];
    }
}
