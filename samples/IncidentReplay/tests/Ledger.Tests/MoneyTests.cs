namespace Ledger.Tests;

[TestClass]
public sealed class MoneyTests
{
    [TestMethod]
    [DataRow("12.90", "EUR", 1290L)]
    [DataRow("-0.01", "EUR", -1L)]
    [DataRow("250000", "JPY", 250000L)]
    [DataRow("815.375", "KWD", 815375L)]
    public void Amounts_are_kept_in_minor_units(string text, string currency, long minor) =>
        Assert.AreEqual(minor, Money.Parse(text, Currency.Of(currency)).Minor);

    [TestMethod]
    [DataRow("0.5", "JPY")]
    [DataRow("1.005", "EUR")]
    [DataRow("1,50", "EUR")]
    [DataRow("", "EUR")]
    public void Amounts_that_a_currency_cannot_hold_are_refused(string text, string currency) =>
        Assert.ThrowsExactly<FormatException>(() => Money.Parse(text, Currency.Of(currency)));

    [TestMethod]
    public void Different_currencies_cannot_be_added() =>
        Assert.ThrowsExactly<InvalidOperationException>(() => new Money(1, Currency.EUR) + new Money(1, Currency.USD));

    [TestMethod]
    [DataRow(100L, 3)]
    [DataRow(-100L, 3)]
    [DataRow(2L, 5)]
    [DataRow(0L, 4)]
    public void Sharing_out_loses_nothing(long minor, int shares)
    {
        IReadOnlyList<Money> parts = new Money(minor, Currency.EUR).Split(shares);

        Assert.HasCount(shares, parts);
        Assert.AreEqual(minor, parts.Sum(part => part.Minor));
        Assert.IsLessThanOrEqualTo(1, parts.Max(part => part.Minor) - parts.Min(part => part.Minor));
    }

    [TestMethod]
    public void Text_has_the_decimals_of_the_currency()
    {
        Assert.AreEqual("12.90 EUR", new Money(1290, Currency.EUR).ToString());
        Assert.AreEqual("1290 JPY", new Money(1290, Currency.JPY).ToString());
        Assert.AreEqual("1.290 KWD", new Money(1290, Currency.KWD).ToString());
    }
}
