using System.CommandLine;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard completion</c>: a script that makes a shell complete the words of the program.</summary>
internal static class CompletionVerb
{
    public static Command Command()
    {
        var shell = new Argument<string>("shell") { HelpName = "SHELL", Description = $"For whom: {CompletionScripts.Shells}", Arity = ArgumentArity.ZeroOrOne };
        shell.CompletionSources.Add("bash", "zsh", "fish", "pwsh");
        var command = new Command("completion", "Print a script that makes a shell complete verbs and options.") { shell };
        command.SetAction(result =>
        {
            string named = result.GetValue(shell) ?? "";
            Terminal.Exact.Write(CompletionScripts.Of(named)
                ?? throw new GuardException(Messages.BadUsage("completion", $"there is no script for '{named}': expected {CompletionScripts.Shells}")));
            return ExitCodes.Success;
        });
        return command;
    }
}
