using System.Text;

namespace BuildGuard.Tasks.Helper;

/// <summary>Arguments as one text, by the rules that .NET splits <c>ProcessStartInfo.Arguments</c> with on every system.</summary>
internal static class CommandLine
{
    /// <summary>The arguments, each quoted where it must be.</summary>
    public static string Join(IEnumerable<string> arguments)
    {
        var text = new StringBuilder();
        foreach (var argument in arguments)
        {
            if (text.Length > 0)
            {
                text.Append(' ');
            }

            Append(text, argument);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string argument)
    {
        if (argument.Length > 0 && argument.IndexOfAny([' ', '\t', '\n', '\v', '"']) < 0)
        {
            text.Append(argument);
            return;
        }

        text.Append('"');
        var backslashes = 0;
        foreach (var character in argument)
        {
            if (character == '\\')
            {
                backslashes++;
                continue;
            }

            // Backslashes count as such except before a quote, where two stand for one.
            text.Append('\\', character == '"' ? (backslashes * 2) + 1 : backslashes).Append(character);
            backslashes = 0;
        }

        text.Append('\\', backslashes * 2).Append('"');
    }
}
