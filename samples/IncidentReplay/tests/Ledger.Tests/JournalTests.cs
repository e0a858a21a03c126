namespace Ledger.Tests;

[TestClass]
public sealed class JournalTests
{
    [TestMethod]
    public void An_entry_that_does_not_add_up_is_refused()
    {
        var problem = Assert.ThrowsExactly<UnbalancedEntryException>(() => Entry(7, ("1000 Bank", 100), ("4000 Sales", -99)));

        Assert.AreEqual("Entry 7 is out of balance by 0.01 EUR.", problem.Message);
    }

    [TestMethod]
    public void Balances_follow_the_postings()
    {
        var journal = new Journal();
        journal.Post(Entry(1, ("1000 Bank", 500), ("3000 Capital", -500)));
        journal.Post(Entry(2, ("6100 Rent", 180), ("1000 Bank", -180)));

        Assert.AreEqual(320, journal.BalanceOf("1000 Bank", Currency.EUR).Minor);
        Assert.AreEqual(0, journal.BalanceOf("9999 Nobody", Currency.EUR).Minor);
        Assert.AreEqual(0, journal.TrialBalance.Sum(line => line.Amount.Minor));
    }

    [TestMethod]
    public void A_number_is_used_once()
    {
        var journal = new Journal();
        journal.Post(Entry(1, ("1000 Bank", 1), ("3000 Capital", -1)));

        Assert.ThrowsExactly<InvalidOperationException>(() => journal.Post(Entry(1, ("1000 Bank", 2), ("3000 Capital", -2))));
    }

    private static JournalEntry Entry(int number, params (string Account, long Minor)[] postings) => new(
        number,
        new DateOnly(2026, 1, number),
        [.. postings.Select(posting => new Posting(posting.Account, new Money(posting.Minor, Currency.EUR)))]);
}
