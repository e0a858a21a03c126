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

    /// <summary>The arguments of one text.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var arguments = new List<string>();
        for (var position = 0; ;)
        {
            while (position < text.Length && IsBlank(text[position]))
            {
                position++;
            }

            if (position == text.Length)
            {
                return arguments;
            }

            arguments.Add(Next(text, ref position));
        }
    }

    private static string Next(string text, ref int position)
    {
        var argument = new StringBuilder();
        var isQuoted = false;
        while (position < text.Length && (isQuoted || !IsBlank(text[position])))
        {
            var backslashes = 0;
            while (position + backslashes < text.Length && text[position + backslashes] == '\\')
            {
                backslashes++;
            }

            position += backslashes;
            if (position == text.Length || text[position] != '"')
            {
                argument.Append('\\', backslashes);
                if (backslashes == 0)
                {
                    argument.Append(text[position++]);
                }

                continue;
            }

            argument.Append('\\', backslashes / 2);
            var isDoubled = isQuoted && position + 1 < text.Length && text[position + 1] == '"';
            if (backslashes % 2 == 1)
            {
                argument.Append('"');
            }
            else if (backslashes == 0 && isDoubled)
            {
                argument.Append('"');
                position++;
            }
            else if (backslashes == 0)
            {
                isQuoted = !isQuoted;
            }
            else
            {
                // Looked at again as a quote without backslashes.
                continue;
            }

            position++;
        }

        return argument.ToString();
    }

    private static bool IsBlank(char character) => character is ' ' or '\t';

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
