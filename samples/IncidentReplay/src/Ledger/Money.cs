using System.Globalization;

namespace Ledger;

/// <summary>An exact amount of one currency, kept in minor units.</summary>
/// <param name="Minor">The amount in minor units, such as cents.</param>
/// <param name="Currency">The currency.</param>
public readonly record struct Money(long Minor, Currency Currency)
{
    /// <summary>Nothing, in a currency.</summary>
    public static Money Zero(Currency currency) => new(0, currency);

    /// <summary>Reads an amount as written in a journal, such as <c>-12.90</c>.</summary>
    /// <exception cref="FormatException">It is no amount, or has more decimals than the currency.</exception>
    public static Money Parse(string text, Currency currency)
    {
        ArgumentNullException.ThrowIfNull(currency);
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(text, style, CultureInfo.InvariantCulture, out decimal amount))
        {
            throw new FormatException($"'{text}' is no amount.");
        }

        decimal minor = amount * currency.MinorUnits;
        return minor == decimal.Truncate(minor)
            ? new Money((long)minor, currency)
            : throw new FormatException($"'{text}' has more than the {currency.Decimals} decimals of {currency}.");
    }

    /// <summary>The sum of two amounts of the same currency.</summary>
    public static Money operator +(Money left, Money right) => left.Currency == right.Currency
        ? new Money(checked(left.Minor + right.Minor), left.Currency)
        : throw new InvalidOperationException($"{left.Currency} and {right.Currency} cannot be added.");

    /// <summary>The same amount on the other side of the books.</summary>
    public static Money operator -(Money money) => new(checked(-money.Minor), money.Currency);

    /// <summary>The sum of two amounts of the same currency.</summary>
    public Money Add(Money other) => this + other;

    /// <summary>The same amount on the other side of the books.</summary>
    public Money Negate() => -this;

    /// <summary>
    /// Shares the amount out so that nothing is lost: the first shares are one minor unit larger where it does not
    /// divide evenly.
    /// </summary>
    public IReadOnlyList<Money> Split(int shares)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shares, 1);
        Currency currency = Currency;
        (long quotient, long rest) = Math.DivRem(Minor, shares);
        return [.. Enumerable.Range(0, shares)
            .Select(i => new Money(quotient + (i < Math.Abs(rest) ? Math.Sign(rest) : 0), currency))];
    }

    /// <inheritdoc/>
    public override string ToString() =>
        ((decimal)Minor / Currency.MinorUnits).ToString("F" + Currency.Decimals, CultureInfo.InvariantCulture) + " " + Currency;
}
