using System.Globalization;

namespace Ledger;

/// <summary>Journals as text: one posting a line, <c>entry,date,account,amount,currency</c>.</summary>
public static class JournalFile
{
    /// <summary>Reads entries. Empty lines and lines that start with <c>#</c> are skipped.</summary>
    /// <exception cref="FormatException">A line cannot be understood; its number and the reason are in the text.</exception>
    /// <exception cref="UnbalancedEntryException">An entry does not add up to zero.</exception>
    public static IReadOnlyList<JournalEntry> Read(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var lines = new List<(int Entry, DateOnly Date, Posting Posting)>();
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            try
            {
                lines.Add(ReadLine(line));
            }
            catch (FormatException e)
            {
                throw new FormatException($"Line {number}: {e.Message}", e);
            }
        }

        return [.. lines.GroupBy(line => line.Entry).Select(entry =>
            new JournalEntry(entry.Key, entry.First().Date, [.. entry.Select(line => line.Posting)]))];
    }

    private static (int Entry, DateOnly Date, Posting Posting) ReadLine(string line)
    {
        string[] fields = line.Split(',');
        if (fields.Length != 5)
        {
            throw new FormatException($"expected 5 fields, found {fields.Length}.");
        }

        return (
            int.Parse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture),
            DateOnly.ParseExact(fields[1], "yyyy-MM-dd", CultureInfo.InvariantCulture),
            new Posting(fields[2], Money.Parse(fields[3], Currency.Of(fields[4]))));
    }
}
