namespace Ledger;

/// <summary>One line of an entry.</summary>
/// <param name="Account">The account, such as <c>1000 Bank</c>.</param>
/// <param name="Amount">Debits are positive, credits negative.</param>
public readonly record struct Posting(string Account, Money Amount);

/// <summary>A business event, written down as postings that add up to zero in each currency.</summary>
public sealed class JournalEntry
{
    /// <summary>An entry.</summary>
    /// <exception cref="UnbalancedEntryException">The postings do not add up to zero.</exception>
    public JournalEntry(int number, DateOnly date, IReadOnlyList<Posting> postings)
    {
        ArgumentNullException.ThrowIfNull(postings);
        foreach (var group in postings.GroupBy(posting => posting.Amount.Currency))
        {
            Money sum = group.Aggregate(Money.Zero(group.Key), (total, posting) => total + posting.Amount);
            if (sum.Minor != 0)
            {
                throw new UnbalancedEntryException(number, sum);
            }
        }

        Number = number;
        Date = date;
        Postings = postings;
    }

    /// <summary>Its number in the journal.</summary>
    public int Number { get; }

    /// <summary>When it happened.</summary>
    public DateOnly Date { get; }

    /// <summary>Its lines.</summary>
    public IReadOnlyList<Posting> Postings { get; }
}

/// <summary>An entry whose postings do not add up to zero.</summary>
public sealed class UnbalancedEntryException(int number, Money difference)
    : Exception($"Entry {number} is out of balance by {difference}.")
{
    /// <summary>By how much.</summary>
    public Money Difference { get; } = difference;
}
