namespace Ledger;

/// <summary>A currency of ISO 4217. The known ones are generated from <c>data/currencies.csv</c>.</summary>
/// <param name="Code">Three letters.</param>
/// <param name="Decimals">How many decimals an amount has.</param>
/// <param name="Name">What people call it.</param>
public sealed partial record Currency(string Code, int Decimals, string Name)
{
    /// <summary>Minor units in one major unit, such as 100 cents in a euro.</summary>
    public long MinorUnits { get; } = (long)Math.Pow(10, Decimals);

    /// <summary>The currency with that code.</summary>
    /// <exception cref="FormatException">There is no such currency in the table.</exception>
    public static Currency Of(string code) =>
        All.FirstOrDefault(currency => currency.Code == code)
        ?? throw new FormatException($"'{code}' is no known currency; the table has {string.Join(", ", All.Select(c => c.Code))}.");

    /// <inheritdoc/>
    public override string ToString() => Code;
}
