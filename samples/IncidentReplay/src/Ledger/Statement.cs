using System.Text;

namespace Ledger;

/// <summary>What happened on one account, line by line, with the balance after each.</summary>
public static class Statement
{
    /// <summary>The statement of an account in a currency as text.</summary>
    public static string Of(Journal journal, string account, Currency currency)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(currency);
        var text = new StringBuilder($"{account} ({currency.Name})\n");
        Money balance = Money.Zero(currency);
        foreach (JournalEntry entry in journal.Entries.OrderBy(entry => entry.Date).ThenBy(entry => entry.Number))
        {
            foreach (Posting posting in entry.Postings.Where(p => p.Account == account && p.Amount.Currency == currency))
            {
                balance += posting.Amount;
                text.Append($"{entry.Date:yyyy-MM-dd}  #{entry.Number,-4} {posting.Amount,16}  {balance,16}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// Puts a statement into a folder that another program watches. The name appears only when the content is whole.
    /// </summary>
    /// <returns>The path of the file.</returns>
    public static string Drop(string statement, string name, string folder)
    {
        string target = Path.Combine(folder, name + ".statement");
        string temporary = Path.Combine(folder, "." + name + ".partial");
        File.WriteAllText(temporary, statement);
        File.Move(temporary, target, overwrite: true);
        return target;
    }
}
