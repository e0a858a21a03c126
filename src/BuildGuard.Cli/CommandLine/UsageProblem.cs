using System.CommandLine;
using System.CommandLine.Parsing;
using BuildGuard.Diagnostics;
using BuildGuard.Settings;

namespace BuildGuard.Cli.CommandLine;

/// <summary>One line for a command line that was not understood: what stood there and what was expected.</summary>
internal static class UsageProblem
{
    public static GuardMessage Of(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        string verb = command is RootCommand ? "" : string.Join(' ', command.Parents.OfType<Command>().Where(c => c is not RootCommand).Append(command).Select(c => c.Name));
        return Messages.BadUsage(verb, Unmatched(result, command) ?? MissingValue(command, result) ?? result.Errors[0].Message);
    }

    private static string? Unmatched(ParseResult result, Command command)
    {
        if (result.UnmatchedTokens is not [string token, ..])
        {
            return Verbs(command).Any() ? $"no verb given; expected one of {string.Join(", ", Verbs(command))}" : null;
        }

        if (token.StartsWith('-'))
        {
            string[] options = [.. command.Options.Where(o => !o.Hidden).Select(o => o.Name)];
            return TableParser.UnknownOption(token, options.Length > 0 ? options : Verbs(command));
        }

        if (!Verbs(command).Any())
        {
            return $"unexpected argument '{token}'";
        }

        string suggestion = Suggestion.For(token, Verbs(command));
        return $"there is no verb '{token}'{(suggestion.Length > 0 ? suggestion : $"; expected one of {string.Join(", ", Verbs(command))}")}";
    }

    private static string? MissingValue(Command command, ParseResult result)
    {
        Option? option = command.Options.FirstOrDefault(o =>
            o.HelpName is not null && result.GetResult(o) is { IdentifierToken: not null, Tokens.Count: 0 });
        return option is null ? null : $"option '{option.Name}' expects {option.HelpName} behind it";
    }

    private static IEnumerable<string> Verbs(Command command) => command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
}
