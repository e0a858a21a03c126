namespace BuildGuard.Settings;

/// <summary>Did you mean: finds the known name that a mistyped one is nearest to.</summary>
/// <remarks>The tasks have this file too: so nothing in it is newer than .NET Framework.</remarks>
public static class Suggestion
{
    /// <summary>How many characters of a name are enough to mean it.</summary>
    private const int LeastBeginning = 5;

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

        string? nearest = null;
        int least = Math.Max(2, typed.Length / 3) + 1;
        foreach (string name in known)
        {
            int distance = Distance(typed, name);

            // Names of two letters are near to nearly nothing without having anything in common.
            if (distance < least && distance < Math.Max(typed.Length, name.Length))
            {
                (nearest, least) = (name, distance);
            }
        }

        return nearest ?? (typed.Length >= LeastBeginning ? known.FirstOrDefault(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)) : null);
    }

    /// <summary>Levenshtein's edit distance, casing ignored.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
