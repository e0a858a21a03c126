namespace Ledger;

/// <summary>The books: entries in the order in which they were written, and what they add up to.</summary>
public sealed class Journal
{
    private readonly List<JournalEntry> _entries = [];
    private readonly SortedDictionary<(string Account, string Currency), Money> _balances = [];

    /// <summary>The entries.</summary>
    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>The balance of every account that was ever posted to, by account and currency.</summary>
    public IReadOnlyCollection<Posting> TrialBalance =>
        [.. _balances.Select(pair => new Posting(pair.Key.Account, pair.Value))];

    /// <summary>Adds an entry.</summary>
    /// <exception cref="InvalidOperationException">There is an entry of that number already.</exception>
    public void Post(JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (_entries.Exists(known => known.Number == entry.Number))
        {
            throw new InvalidOperationException($"There is an entry {entry.Number} already.");
        }

        _entries.Add(entry);
        foreach (Posting posting in entry.Postings)
        {
            var key = (posting.Account, posting.Amount.Currency.Code);
            _balances[key] = _balances.TryGetValue(key, out Money before) ? before + posting.Amount : posting.Amount;
        }
    }

    /// <summary>What an account holds; zero if nothing was ever posted to it.</summary>
    public Money BalanceOf(string account, Currency currency)
    {
        ArgumentNullException.ThrowIfNull(currency);
        return _balances.GetValueOrDefault((account, currency.Code), Money.Zero(currency));
    }
}
