using System.Globalization;
using BuildGuard.Cli.Ci;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Runs;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Platform.Linux;
using BuildGuard.Platform.Unix;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard run</c>: wait for the turn, check, contain, run, clean up.</summary>
internal static class RunVerb
{
    /// <summary>Exit codes above this one are what a program gets that a signal ends, the helper too.</summary>
    private const int SignalCodes = 128;

    /// <summary>Runs the command of a line.</summary>
    /// <param name="line">What was asked for.</param>
    /// <param name="parent">Who asked.</param>
    /// <param name="prepare">What has to come first; its failure is that of the command's start.</param>
    public static int Execute(ParsedLine line, ParentProcess parent, Action? prepare = null)
    {
        IMessageSink messages = Listeners.Of(line, parent);
        var composition = new Composition();
        try
        {
            prepare?.Invoke();
            if (composition.Resolver.IsDisabled())
            {
                return RunUnguarded(composition, line, messages);
            }

            int code = RunGuarded(composition, line, parent, messages, out bool interrupted);
            if (interrupted)
            {
                ProgramExit.BySignal(StopSignals.Interrupt);
            }

            return code;
        }
        catch (GuardException e)
        {
            messages.Say(e.Problem);
            return ExitCodes.GuardFailed;
        }
        catch (CommandStartException e)
        {
            messages.Say(Messages.CommandNotStarted(line.Command[0], e.Message, e.NotFound));
            return e.NotFound ? ExitCodes.NotFound : ExitCodes.CannotStart;
        }
    }

    /// <param name="composition">The program's parts.</param>
    /// <param name="line">What was asked for.</param>
    /// <param name="parent">Who asked.</param>
    /// <param name="messages">Who is told.</param>
    /// <param name="interrupted">Whether the terminal's Ctrl+C ended the command: then it ends us as well.</param>
    private static int RunGuarded(Composition composition, ParsedLine line, ParentProcess parent, IMessageSink messages, out bool interrupted)
    {
        if (line.Text(RunOptions.Report) is "")
        {
            throw new GuardException(Messages.BadUsage("run", "--report expects the name of a file"));
        }

        if (line.Text(RunOptions.Report) is { } file)
        {
            ReportFile.Prepare(file);
        }

        GuardSettings settings = composition.Settings(line);

        // Messages for a task go into a build, which may take warnings for errors.
        Participant.SayUnknownVariables(messages, line.Has(RunOptions.Messages) ? MessageLevel.Message : MessageLevel.Warning);
        var participant = new Participant(composition, settings, settings.Quiet ? MessageSink.Quiet(messages) : messages);
        OperationRequest request = Request(line, settings);
        IOperationJournal journal = participant.JournalOf(LeaseKind.Operation, request, request.RecordCommand ? request.CommandText : null);
        using var operation = new Operation(participant.Tree, participant.Containment, participant.Processes, journal, request);
        using var signals = new StopSignals((signal, childrenKnow) =>
        {
            if (!operation.Cancel(childrenKnow ? 0 : signal))
            {
                return;
            }

            ReportOfCancelled(line, operation, SignalCodes + signal, messages);
            if (childrenKnow && signal == StopSignals.Interrupt)
            {
                ProgramExit.BySignal(signal);
            }

            ProgramExit.Now(SignalCodes + signal);
        });
        OperationReport report = operation.Run(
            ticket => IsFit(participant, ticket, signals, messages as CiLog),
            Once(signals.Attend, () => LeaveWith(line, parent, operation, messages)),
            signals.PassOnPending);
        interrupted = report.EndSignal == StopSignals.Interrupt && StopSignals.IsInForeground();
        if (line.Text(RunOptions.Report) is { } path)
        {
            // It may be a pipe that nobody reads. The command has ended: a signal is for this program alone now.
            signals.Dispose();
            ReportFile.Write(report, path, messages);
        }

        if (messages is CiLog log && !settings.Quiet && IsForPeople(line))
        {
            log.Conclude(RunFigures.Of(report, request.Label, settings));
        }

        if (line.Text(RunOptions.Messages) is { } events)
        {
            EndMessages(events, report.ExitCode, parent);
        }

        return report.ExitCode;
    }

    /// <summary>Does both, the second one the first time only.</summary>
    private static Action Once(Action always, Action once)
    {
        bool isDone = false;
        return () =>
        {
            always();
            if (!isDone)
            {
                isDone = true;
                once();
            }
        };
    }

    /// <summary>A command whose build was killed while it waited is wanted by nobody any more, and nobody would end it.</summary>
    private static void LeaveWith(ParsedLine line, ParentProcess parent, Operation operation, IMessageSink messages)
    {
        if (line.Has(RunOptions.WithParent))
        {
            parent.WhenGone(() =>
            {
                if (operation.Cancel(StopSignals.Terminate))
                {
                    ReportOfCancelled(line, operation, SignalCodes + StopSignals.Terminate, messages);
                    ProgramExit.Now(SignalCodes + StopSignals.Terminate);
                }
            });
        }
    }

    /// <summary>A wait that was given up has a report too; the program ends next.</summary>
    private static void ReportOfCancelled(ParsedLine line, Operation operation, int exitCode, IMessageSink messages)
    {
        if (line.Text(RunOptions.Report) is { } path)
        {
            ReportFile.WriteAtOnce(operation.Cancelled(exitCode), path, messages);
        }
    }

    private static bool IsFit(Participant participant, Ticket ticket, StopSignals signals, CiLog? log)
    {
        bool isFit = participant.Preflight(ticket, signals.Attend);
        signals.PassOnPending();
        if (isFit)
        {
            log?.CommandStarts();
        }

        return isFit;
    }

    /// <summary>Figures are for who asked for the run: not for a build, and not for what runs inside another.</summary>
    private static bool IsForPeople(ParsedLine line) => line.Text(RunOptions.Kind) is null && Participant.LeaseVariable is null;

    private static void EndMessages(string file, int exitCode, ParentProcess parent)
    {
        if (parent.IsGone)
        {
            // Who would have read and deleted it.
            RunEvents.Forget(file);
        }
        else if (exitCode > SignalCodes)
        {
            RunEvents.Ended(file, exitCode);
        }
    }

    /// <summary>Switched off means: the command takes our place, as if we had not been there.</summary>
    private static int RunUnguarded(Composition composition, ParsedLine line, IMessageSink messages)
    {
        (messages as CiLog)?.CommandStarts();
        Unguarded.SayDisabled(composition, line, LabelOf(line), null, messages);
        if (line.Text(RunOptions.Report) is { Length: > 0 } path && ReportFile.Forget(path) is { } problem)
        {
            messages.Say(Messages.ReportUnwritable(path, problem.Message));
        }

        ProgramReplacement.Become(CommandOf(line, sequentialTests: false));
        return ExitCodes.Success;
    }

    private static OperationRequest Request(ParsedLine line, GuardSettings settings) => new()
    {
        Arguments = CommandOf(line, settings.SequentialTests),
        Label = LabelOf(line),
        LockName = settings.Lock,
        Slots = settings.Slots,
        LeaseVariable = Participant.LeaseVariable,
        Limits = settings.ToLimits(),
        AskedLimits = settings.ToAskedLimits(),
        WeaknessLevel = line.Has(RunOptions.Messages) ? MessageLevel.Message : MessageLevel.Warning,
        Keep = settings.Keep,
        WithParent = line.Has(RunOptions.WithParent),
        RecordCommand = settings.RecordCommands,
        WorkingDirectory = Composition.WorkingDirectory,
        Variable = Composition.Variables,
    };

    /// <summary>The command; its tail only makes tests run one host at a time.</summary>
    private static string[] CommandOf(ParsedLine line, bool sequentialTests) =>
        !sequentialTests && int.TryParse(line.Text(RunOptions.SequentialTail), NumberStyles.None, CultureInfo.InvariantCulture, out int tail) && tail < line.Command.Length
            ? line.Command[..^tail]
            : line.Command;

    private static string LabelOf(ParsedLine line) => line.Text(RunOptions.Label) is { } label && !string.IsNullOrWhiteSpace(label) ? label : Path.GetFileName(line.Command[0]);
}
