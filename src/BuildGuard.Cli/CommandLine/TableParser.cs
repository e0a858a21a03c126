using BuildGuard.Settings;

namespace BuildGuard.Cli.CommandLine;

/// <summary>
/// Reads the command line of the verbs that every build pays for, straight from a table. Building the whole command tree
/// would cost more than everything else that <c>run true</c> does before it starts the command.
/// </summary>
internal static class TableParser
{
    /// <summary>Reads a line.</summary>
    /// <param name="options">The options of the verb.</param>
    /// <param name="args">What stands behind the verb.</param>
    /// <param name="takesCommand">Whether a command follows; it begins behind <c>--</c>, or with the first word that is no option.</param>
    /// <param name="line">The line.</param>
    /// <param name="problem">What is wrong and what was expected; empty if help is wanted.</param>
    public static bool TryParse(
        OptionSpec[] options, ReadOnlySpan<string> args, bool takesCommand, out ParsedLine line, out string problem)
    {
        var given = new List<(OptionSpec, string)>();
        int i = 0;
        problem = "";
        line = new ParsedLine(given, []);
        while (i < args.Length && args[i].StartsWith('-') && args[i] != "--")
        {
            if (args[i] is "--help" or "-h" or "-?")
            {
                return false;
            }

            if (!TryTakeOption(options, args, ref i, given, out problem))
            {
                return false;
            }
        }

        if (i < args.Length && args[i] == "--")
        {
            i++;
        }
        else if (i < args.Length && !takesCommand)
        {
            problem = $"unexpected argument '{args[i]}'";
            return false;
        }

        line = new ParsedLine(given, args[i..].ToArray());
        if (line.Command.Length > 0 == takesCommand)
        {
            return true;
        }

        problem = takesCommand ? "no command given: expected [OPTIONS] -- COMMAND [ARG...]" : $"unexpected argument '{args[i]}'";
        return false;
    }

    private static bool TryTakeOption(
        OptionSpec[] options, ReadOnlySpan<string> args, ref int i, List<(OptionSpec Option, string Text)> given, out string problem)
    {
        string word = args[i++];
        int end = word.AsSpan().IndexOfAny('=', ':');
        ReadOnlySpan<char> name = end < 0 ? word : word.AsSpan(0, end);
        if (Find(options, name) is not { } option)
        {
            problem = UnknownOption(name.ToString(), options.Where(o => !o.IsHidden).Select(o => o.Name));
            return false;
        }

        problem = "";
        string text = end < 0 ? "" : word[(end + 1)..];
        if (option.Value is null)
        {
            problem = end < 0 ? "" : $"option '{option.Name}' takes no value";
        }
        else if (end < 0)
        {
            bool hasValue = i < args.Length && (!args[i].StartsWith('-') || args[i] is ['-', >= '0' and <= '9', ..]);
            text = hasValue ? args[i++] : "";
            problem = hasValue ? "" : $"option '{option.Name}' expects {option.Value} behind it (a value that begins with '-' as {option.Name}={option.Value})";
        }

        bool again = !option.IsRepeatable && given.Exists(g => g.Option == option);
        if (again && option.Value is not null && problem.Length == 0)
        {
            problem = $"option '{option.Name}' stands there twice; expected once";
        }

        if (!again)
        {
            given.Add((option, text));
        }

        return problem.Length == 0;
    }

    /// <summary>The words for an option that is none.</summary>
    public static string UnknownOption(string name, IEnumerable<string> known)
    {
        string suggestion = Suggestion.For(name, known);
        return $"unknown option '{name}'{(suggestion.Length > 0 ? suggestion : $"; expected one of {string.Join(' ', known)}")}";
    }

    private static OptionSpec? Find(OptionSpec[] options, ReadOnlySpan<char> name)
    {
        foreach (OptionSpec option in options)
        {
            if (name.SequenceEqual(option.Name))
            {
                return option;
            }
        }

        return null;
    }
}
