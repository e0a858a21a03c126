using BuildGuard.Cli.Output;
using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Init;

/// <summary>What a change does to a file, line by line, for people who are asked whether they mean it.</summary>
internal static class FileDiff
{
    /// <summary>So many lines around what changes tell where it is.</summary>
    private const int Context = 2;

    /// <summary>The most that is shown of one file: its beginning tells what it is.</summary>
    private const int Most = 24;

    private const int MaxWidth = 200;

    private const string Tab = "    ";

    /// <summary>As in a unified diff, without the figures: <c>+</c> what comes, <c>-</c> what goes, and what is around it.</summary>
    public static List<string> Of(FileChange change)
    {
        List<(char Mark, string Text)> lines = change.Before is null
            ? [.. LinesOf(change.After).Select(line => ('+', line))]
            : Compare(LinesOf(change.Before), LinesOf(change.After));
        var shown = new List<string>();
        int last = -1;
        for (int i = 0; i < lines.Count; i++)
        {
            int from = Math.Max(0, i - Context), to = Math.Min(lines.Count, i + Context + 1);
            if (!lines[from..to].Exists(line => line.Mark != ' '))
            {
                continue;
            }

            if (i > last + 1)
            {
                shown.Add("…");
            }

            last = i;
            shown.Add(Coloured(lines[i].Mark, Terminal.Safe($"{lines[i].Mark} {ByteText.ToText(lines[i].Text).Replace("\t", Tab, StringComparison.Ordinal)}".TrimEnd(), MaxWidth)));
        }

        int more = shown.Count - Most;
        return more > 1 ? [.. shown[..Most], $"… {more} more lines; --json shows them all"] : shown;
    }

    /// <summary>
    /// A change of ours adds lines or replaces single ones: so where the next line of before is not far away in after, what is
    /// between was added.
    /// </summary>
    private static List<(char, string)> Compare(string[] before, string[] after)
    {
        var lines = new List<(char, string)>();
        int at = 0;
        foreach (string line in before)
        {
            int place = Array.IndexOf(after, line, at, Math.Min(Most, after.Length - at));
            if (place < 0)
            {
                lines.Add(('-', line));
                if (at < after.Length)
                {
                    lines.Add(('+', after[at++]));
                }

                continue;
            }

            lines.AddRange(after[at..place].Select(added => ('+', added)));
            lines.Add((' ', line));
            at = place + 1;
        }

        lines.AddRange(after[at..].Select(added => ('+', added)));
        return lines;
    }

    private static string[] LinesOf(string text)
    {
        string[] lines = [.. text.Split('\n').Select(line => line.TrimEnd('\r'))];
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    private static string Coloured(char mark, string line) => mark switch
    {
        '+' => Terminal.Green(line),
        '-' => Terminal.Red(line),
        _ => Terminal.Faint(line),
    };
}
