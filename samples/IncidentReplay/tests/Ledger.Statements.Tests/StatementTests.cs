namespace Ledger.Statements.Tests;

public sealed class StatementTests
{
    [Test]
    public void Every_line_shows_the_balance_after_it()
    {
        var journal = new Journal();
        foreach (JournalEntry entry in JournalFile.Read(new StringReader("""
            2,2026-01-05,6100 Rent,1800.00,EUR
            2,2026-01-05,1000 Bank,-1800.00,EUR
            1,2026-01-02,1000 Bank,50000.00,EUR
            1,2026-01-02,3000 Capital,-50000.00,EUR
            """)))
        {
            journal.Post(entry);
        }

        Assert.That(Statement.Of(journal, "1000 Bank", Currency.EUR), Is.EqualTo(
            "1000 Bank (Euro)\n" +
            "2026-01-02  #1        50000.00 EUR      50000.00 EUR\n" +
            "2026-01-05  #2        -1800.00 EUR      48200.00 EUR\n"));
    }

    [Test]
    public void A_line_that_cannot_be_understood_is_named()
    {
        FormatException? problem = Assert.Throws<FormatException>(() => JournalFile.Read(new StringReader("""
            # a comment
            1,2026-01-02,1000 Bank,50000.00,XXX
            """)));

        Assert.That(problem!.Message, Does.StartWith("Line 2: 'XXX' is no known currency"));
    }
}
