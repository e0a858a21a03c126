using Ledger;
using Ledger.Engineering;

// The order in which entries are posted must not change what the books say. It is tried in this many random orders.
const int Orders = 60_000;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: BooksCheck FOLDER");
    return 2;
}

using var trace = StepTrace.Start("check-books");
string[] files = Directory.GetFiles(args[0], "journal-*.csv");
if (files.Length == 0)
{
    Console.Error.WriteLine($"{args[0]}: there is no journal-*.csv in it.");
    return 1;
}

foreach (string file in files)
{
    try
    {
        using var reader = new StreamReader(file);
        JournalEntry[] entries = [.. JournalFile.Read(reader)];
        IReadOnlyCollection<Posting> expected = Post(entries);
        var random = new Random(2026);
        for (int order = 0; order < Orders; order++)
        {
            random.Shuffle(entries);
            if (!expected.SequenceEqual(Post(entries)))
            {
                Console.Error.WriteLine($"{file}: the trial balance depends on the order of posting (order {order}).");
                return 1;
            }
        }

        Console.WriteLine($"{Path.GetFileName(file)}: {entries.Length} entries balance, in {Orders:N0} orders of posting.");
    }
    catch (Exception e) when (e is FormatException or UnbalancedEntryException)
    {
        Console.Error.WriteLine($"{file}: {e.Message}");
        return 1;
    }
}

return 0;

static IReadOnlyCollection<Posting> Post(IEnumerable<JournalEntry> entries)
{
    var journal = new Journal();
    foreach (JournalEntry entry in entries)
    {
        journal.Post(entry);
    }

    return journal.TrialBalance;
}
