namespace BuildGuard.Settings;

/// <summary>Did you mean: finds the known name that a mistyped one is nearest to.</summary>
/// <remarks>The tasks have this file too: so nothing in it is newer than .NET Framework.</remarks>
public static class Suggestion
{
    /// <summary>How many characters of a name are enough to mean it, where no other name begins so; dashes are none.</summary>
    private const int LeastBeginning = 2;

    /// <summary>As in <c>; did you mean 'maxMemory'?</c>; empty if nothing is near.</summary>
    public static string For(string typed, IEnumerable<string> known) =>
        Nearest(typed, known) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    /// <summary>The nearest one; <c>null</c> if nothing is near.</summary>
    public static string? Nearest(string typed, IEnumerable<string> known)
    {
        if (typed.Length > 64)
        {
            return null;
        }

        // The dashes that all options have in common make none of them nearer.
        string word = typed.TrimStart('-');
        string? nearest = null;
        int least = int.MaxValue;
        foreach (string name in known)
        {
            string other = name.TrimStart('-');
            int distance = Distance(word, other);
            if (distance < least && distance <= Most(word, other))
            {
                (nearest, least) = (name, distance);
            }
        }

        return nearest ?? (word.Length >= LeastBeginning ? OnlyOneThatBegins(word, known) : null);
    }

    private static string? OnlyOneThatBegins(string word, IEnumerable<string> known)
    {
        string[] found = known.Where(name => name.TrimStart('-').StartsWith(word, StringComparison.OrdinalIgnoreCase)).Take(2).ToArray();
        return found.Length == 1 ? found[0] : null;
    }

    /// <summary>How far two words may be from each other to be near: a mistake in three letters. A word of one letter is near to none but itself.</summary>
    private static int Most(string a, string b) => Math.Min((Math.Max(a.Length, b.Length) + 1) / 3, Math.Min(a.Length, b.Length) - 1);

    /// <summary>Levenshtein's edit distance, casing ignored; two letters that changed places are one mistake.</summary>
    private static int Distance(string a, string b)
    {
        int[] before = [];
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int[] next = new int[b.Length + 1];
            next[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = row[j - 1] + (AreSame(a[i - 1], b[j - 1]) ? 0 : 1);
                next[j] = Math.Min(substituted, Math.Min(row[j], next[j - 1]) + 1);
                if (i > 1 && j > 1 && AreSame(a[i - 1], b[j - 2]) && AreSame(a[i - 2], b[j - 1]))
                {
                    next[j] = Math.Min(next[j], before[j - 2] + 1);
                }
            }

            (before, row) = (row, next);
        }

        return row[b.Length];
    }

    private static bool AreSame(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
