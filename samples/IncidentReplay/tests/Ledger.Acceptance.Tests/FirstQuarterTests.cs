namespace Ledger.Acceptance.Tests;

/// <summary>The books of the first months of 2026, as the accountant checked them by hand.</summary>
public sealed class FirstQuarterTests
{
    private readonly Journal _journal = new();

    public FirstQuarterTests()
    {
        using var reader = new StreamReader(Path.Combine(AppContext.BaseDirectory, "journal-2026.csv"));
        foreach (JournalEntry entry in JournalFile.Read(reader))
        {
            _journal.Post(entry);
        }
    }

    [Theory]
    [InlineData("1000 Bank", "EUR", "41126.60 EUR")]
    [InlineData("1200 Receivables", "EUR", "0.00 EUR")]
    [InlineData("6100 Rent", "EUR", "3600.00 EUR")]
    [InlineData("1010 Yen account", "JPY", "250000 JPY")]
    [InlineData("1020 Dinar account", "KWD", "815.375 KWD")]
    public void Accounts_hold_what_was_counted(string account, string currency, string expected) =>
        Assert.Equal(expected, _journal.BalanceOf(account, Currency.Of(currency)).ToString());

    [Fact]
    public void The_trial_balance_is_zero_in_every_currency() =>
        Assert.All(
            _journal.TrialBalance.GroupBy(line => line.Amount.Currency),
            currency => Assert.Equal(0, currency.Sum(line => line.Amount.Minor)));
}
