using BuildGuard.Cli.Ci;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Runs;
using BuildGuard.Cli.Verbs;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli;

internal static class Program
{
    /// <summary>Where fewer may be open at once the runtime itself may fail for it, in any way: it wants a hundred and more.</summary>
    private const int FewFiles = 256;

    private static int Main(string[] args)
    {
        StandardStreams.Reserve();
        return Guard(args, () => args is [] ? CommandTree.Invoke(["--help"]) : Dispatch(args));
    }

    /// <summary>Runs a verb; whatever goes wrong in it is a line and an exit code.</summary>
    /// <remarks>
    /// What nobody caught would end the program at once. Caught here, it ends what runs and gives the terminal back on its way out.
    /// </remarks>
    internal static int Guard(string[] args, Func<int> verb)
    {
        try
        {
            return verb();
        }
        catch (GuardException e)
        {
            Say(args, e.Problem);
            return ExitCodes.GuardFailed;
        }
        catch (OutputException e) when (e.IsReaderGone)
        {
            return ExitCodes.ReaderGone;
        }
        catch (OutputException e)
        {
            Say(args, Messages.OutputUnwritable(e.Message));
            return ExitCodes.GuardFailed;
        }
        catch (Exception e)
        {
            Say(args, Messages.Unforeseen(e, OpenFilesLimit.Soft is { } limit and < FewFiles ? limit : null));
            return ExitCodes.GuardFailed;
        }
    }

    private static int Dispatch(string[] args) => args[0] switch
    {
        "run" when args is [_, Standby.Option, { } file] => Standby.Execute(file, problem => Refuse(args, problem)),
        "run" => TableParser.TryParse(RunOptions.All, args.AsSpan(1), takesCommand: true, out ParsedLine line, out string problem)
            ? RunVerb.Execute(line, new ParentProcess())
            : Refuse(args, problem),
        "session" => TableParser.TryParse(SessionOptions.All, args.AsSpan(1), takesCommand: false, out ParsedLine line, out string problem)
            ? SessionVerb.Execute(line)
            : Refuse(args, problem),
        "unguarded" => TableParser.TryParse(UnguardedVerb.Options, args.AsSpan(1), takesCommand: false, out ParsedLine line, out string problem)
            ? UnguardedVerb.Execute(line)
            : Refuse(args, problem),
        "inputs" => TableParser.TryParse(InputsVerb.Options, args.AsSpan(1), takesCommand: false, out ParsedLine line, out string problem)
            ? InputsVerb.Execute(line)
            : Refuse(args, problem),
        "help" => CommandTree.Invoke([.. args.AsSpan(1), "--help"]),
        _ => CommandTree.Invoke(args),
    };

    private static int Refuse(string[] args, string problem)
    {
        if (problem.Length == 0)
        {
            return CommandTree.Invoke([args[0], "--help"]);
        }

        Say(args, Messages.BadUsage(args[0], problem));
        return ExitCodes.GuardFailed;
    }

    private static void Say(string[] args, GuardMessage message)
    {
        CiFormat? service = null;
        try
        {
            // What tasks start they listen to themselves.
            service = args is ["session" or "unguarded" or "inputs", ..] ? null : CiService.Of(asked: null);
        }
        catch (GuardException)
        {
            // That is what is to be said, or it has been.
        }

        Listeners.ToStandardError(service).Say(message);
    }
}
