using System.Globalization;

namespace BuildGuard.Leases;

/// <summary>
/// The file name of a ticket: its number, which decides the order, and a random part, which keeps a stale
/// reference to an earlier ticket of the same number from meaning this one. As in <c>12-9f3a77b0</c>.
/// </summary>
/// <param name="Number">The place in the order; smaller goes first.</param>
/// <param name="Nonce">32 random bits.</param>
public readonly record struct TicketName(ulong Number, uint Nonce)
{
    /// <summary>
    /// The largest number that is believed. At a million tickets a second it takes 146,000 years to get there, so a
    /// larger one was not written by us.
    /// </summary>
    public const ulong MaxNumber = 1UL << 62;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, stackalloc char[32], $"{Number}-{Nonce:x8}");

    /// <summary>Reads a name in exactly the form that <see cref="ToString"/> writes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TicketName name)
    {
        name = default;
        int dash = text.IndexOf('-');
        if (dash is < 1 or > 19 || text.Length != dash + 9 || (text[0] == '0' && dash > 1))
        {
            return false;
        }

        foreach (char c in text[(dash + 1)..])
        {
            if (!char.IsAsciiDigit(c) && c is not (>= 'a' and <= 'f'))
            {
                return false;
            }
        }

        // Parsing a number tolerates zero bytes behind it.
        if (text[..dash].ContainsAnyExceptInRange('0', '9')
            || !ulong.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            || number > MaxNumber
            || !uint.TryParse(text[(dash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint nonce))
        {
            return false;
        }

        name = new TicketName(number, nonce);
        return true;
    }
}
