using System.CommandLine;
using System.CommandLine.Help;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Runs;
using BuildGuard.Cli.Verbs;
using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.CommandLine;

/// <summary>All verbs, for people: help, completion, and errors that say what was expected.</summary>
internal static class CommandTree
{
    private static readonly ParserConfiguration Parsing = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    /// <summary>Reads a line and does what it says.</summary>
    public static int Invoke(string[] args)
    {
        Console.SetOut(Terminal.Lines);
        if (args is ["--version"])
        {
            Console.Out.WriteLine(Version);
            return ExitCodes.Success;
        }

        if (ValueCompletion.Of(args) is { } completion)
        {
            using var found = new StringWriter();
            int code = Invoke(completion.Asked, new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = found });
            completion.Write(found.ToString(), Terminal.Exact);
            return code;
        }

        return Invoke(args, new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static int Invoke(string[] args, InvocationConfiguration configuration)
    {
        RootCommand tree = Build(new Composition());

        // Help for a verb that is none would be help for something else.
        bool isVerb = args[0] is ['-' or '[', ..] || tree.Subcommands.Any(verb => verb.Name == args[0]);
        ParseResult result = tree.Parse(isVerb ? args : args[..1], Parsing);
        if (result.Errors.Count > 0 && result.Action is not { ClearsParseErrors: true })
        {
            throw new GuardException(UsageProblem.Of(result));
        }

        return result.Invoke(configuration);
    }

    /// <summary>The version of the program, without the commit that the build adds.</summary>
    public static string Version => GuardVersion.Own;

    /// <summary>The tree.</summary>
    public static RootCommand Build(Composition composition)
    {
        var root = new RootCommand("Runs builds, tests and any command one at a time: they queue, are checked, contained, cleaned up and audited.")
        {
            RunCommand(),
            StatusVerb.Command(composition),
            QueueVerb.Command(composition),
            TopVerb.Command(composition),
            CheckVerb.Command(composition),
            MonitorVerb.Command(composition),
            ReapVerb.Command(composition),
            LogVerb.Command(composition),
            ReportVerb.Command(composition),
            StopVerb.Command(composition),
            EnvVerb.Command(),
            InitVerb.Command(),
            HooksVerb.Command(),
            ScheduleVerb.Command(),
            CompletionVerb.Command(),
            DoctorVerb.Command(composition),
        };
        Examples.AddTo(root);
        return root;
    }

    private static Command RunCommand()
    {
        var command = new Command("run", "Wait for the turn, check the machine, contain the command, run it, clean up.");
        foreach (OptionSpec spec in RunOptions.All)
        {
            Option option = ToOption(spec);
            if (spec.Completions.Length > 0)
            {
                option.CompletionSources.Add(spec.Completions);
            }

            command.Options.Add(option);
        }

        command.Arguments.Add(new Argument<string[]>("command")
        {
            HelpName = "COMMAND [ARG...]",
            Description = "The command and its arguments, best behind --",
            Arity = ArgumentArity.OneOrMore,
            CaptureRemainingTokens = true,
        });
        return command;
    }

    private static Option ToOption(OptionSpec spec) => spec switch
    {
        { Value: null } => new Option<bool>(spec.Name) { Description = spec.Help, Hidden = spec.IsHidden, Arity = ArgumentArity.Zero },
        { IsRepeatable: true } => new Option<string[]>(spec.Name) { Description = spec.Help, Hidden = spec.IsHidden, HelpName = spec.Value, Arity = ArgumentArity.OneOrMore },
        _ => new Option<string>(spec.Name) { Description = spec.Help, Hidden = spec.IsHidden, HelpName = spec.Value },
    };
}
