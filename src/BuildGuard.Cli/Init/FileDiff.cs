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

    /// <summary>So much of what is the same in a long line tells where it is.</summary>
    private const int Before = 60;

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
            string text = lines[i].Text[SameBegin(lines, i)..];
            string cut = text.Length < lines[i].Text.Length ? "…" : "";
            shown.Add(Coloured(lines[i].Mark, Terminal.Safe($"{lines[i].Mark} {cut}{ByteText.ToText(text).Replace("\t", Tab, StringComparison.Ordinal)}".TrimEnd(), MaxWidth)));
        }

        int more = shown.Count - Most;
        return more > 1 ? [.. shown[..Most], $"… {more} more lines; --json shows them all"] : shown;
    }

    /// <summary>How much of a long line is left out, so that what makes it another one than its counterpart is seen.</summary>
    private static int SameBegin(List<(char Mark, string Text)> lines, int index)
    {
        int other = lines[index].Mark switch { '-' => index + 1, '+' => index - 1, _ => -1 };
        if (other < 0 || other >= lines.Count || (lines[index].Mark, lines[other].Mark) is not (('-', '+') or ('+', '-')) || Math.Max(lines[index].Text.Length, lines[other].Text.Length) <= MaxWidth)
        {
            return 0;
        }

        int same = Math.Max(0, lines[index].Text.AsSpan().CommonPrefixLength(lines[other].Text) - Before);

        // Not in the middle of a character of UTF-8.
        while (same > 0 && same < lines[index].Text.Length && (lines[index].Text[same] & 0xC0) == 0x80)
        {
            same--;
        }

        return same;
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
