using System.Diagnostics;
using System.Globalization;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Runs;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Platform.Linux;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;
using BuildGuard.Settings;
using NuGet.Versioning;

namespace BuildGuard.Cli.Verbs;

/// <summary>
/// <c>buildguard session</c>: holds one lease for a whole build until its standard input closes. Between the MSBuild
/// tasks and the helper only; the protocol is in docs/architecture.md.
/// </summary>
internal static class SessionVerb
{
    public static int Execute(ParsedLine line)
    {
        // The terminal's Ctrl+C is for the build. When the build is over, or gone, standard input closes.
        StandardStreams.LeaveTerminal();
        IMessageSink messages = MessageSink.JsonLines(new DescriptorWriter(StandardStreams.Out));
        var composition = new Composition();
        try
        {
            if (composition.Resolver.IsDisabled())
            {
                Unguarded.SayDisabled(composition, line, line.Text(SessionOptions.Label) ?? "", line.Text(SessionOptions.Directory), messages);
                SessionEvents.Disabled();
                return ExitCodes.Success;
            }

            return Hold(composition, line, messages);
        }
        catch (GuardException e)
        {
            messages.Say(e.Problem);
            SessionEvents.Refused();
            return ExitCodes.GuardFailed;
        }
    }

    private static int Hold(Composition composition, ParsedLine line, IMessageSink messages)
    {
        SessionRequest request = Request(composition, line, out GuardSettings settings);
        Participant.SayUnknownVariables(messages, MessageLevel.Message);
        var participant = new Participant(composition, settings, messages);
        IOperationJournal journal = participant.JournalOf(LeaseKind.Session, request, request.RecordCommand ? request.Label : null);
        using var session = new Session(participant.Tree, participant.Processes, journal, request);
        using var inputEnded = new ManualResetEventSlim();
        WatchInput(session, inputEnded);
        using var signals = new StopSignals((_, _) => Refuse(session));
        signals.Attend();

        if (session.Acquire(ticket => participant.Preflight(ticket)) is not { } lease)
        {
            SessionEvents.Refused();
            return ExitCodes.NotFit;
        }

        SayMixedVersions(messages, session.JoinedVersion);
        long start = Stopwatch.GetTimestamp();
        string? passedOver = session.HasJoined && lease.Parent is null && lease.Lock != request.LockName ? request.LockName : null;
        SessionEvents.Acquired(lease, participant.Tree.OwnerFileOf(lease), participant.Containment.Rung, passedOver);
        inputEnded.Wait();
        session.Release(Stopwatch.GetElapsedTime(start));
        return ExitCodes.Success;
    }

    private static void SayMixedVersions(IMessageSink messages, string? joined)
    {
        if (joined is not null && joined != CommandTree.Version && NuGetVersion.TryParse(joined, out NuGetVersion? other))
        {
            var own = NuGetVersion.Parse(CommandTree.Version);
            messages.Say(own < other ? Messages.MixedVersions(CommandTree.Version, joined) : Messages.MixedVersions(joined, CommandTree.Version));
        }
    }

    /// <summary>Whoever waits leaves the queue. The turn itself is the build's: it ends with the build, not by a signal to us.</summary>
    private static void Refuse(Session session)
    {
        if (session.Leave())
        {
            SessionEvents.Refused();
            ProgramExit.Now(ExitCodes.GuardFailed);
        }
    }

    /// <summary>A thread of its own, because waiting for the turn sleeps in the kernel and cannot listen.</summary>
    private static void WatchInput(Session session, ManualResetEventSlim ended)
    {
        BackgroundThread.Start("listens for the end of the build", () =>
        {
            StandardStreams.WaitForEndOfInput();
            if (session.Leave())
            {
                ProgramExit.Now(ExitCodes.Success);
            }

            ended.Set();
        });
    }

    private static SessionRequest Request(Composition composition, ParsedLine line, out GuardSettings settings)
    {
        string build = line.Text(SessionOptions.Build) ?? "";
        if (!LockName.IsValid(build))
        {
            throw new GuardException(Messages.BadUsage("session", $"--build '{build}' is no build id; expected 1 to 64 of a-z 0-9 . _ -"));
        }

        if (!int.TryParse(line.Text(SessionOptions.OwnerPid), NumberStyles.None, CultureInfo.InvariantCulture, out int owner) || owner < 1)
        {
            throw new GuardException(Messages.BadUsage("session", "--owner-pid expects the process id of the build"));
        }

        string? directory = line.Text(SessionOptions.Directory) ?? Composition.WorkingDirectory;
        settings = composition.Settings(line, directory);
        return new SessionRequest
        {
            // The label of a build is its command line, which may hold what must not be recorded.
            Label = settings.RecordCommands ? line.Text(SessionOptions.Label) ?? "build" : "build",
            Build = build,
            OwnerPid = owner,
            LockName = settings.Lock,
            Slots = settings.Slots,
            LeaseVariable = Participant.LeaseVariable,
            RecordCommand = settings.RecordCommands,
            WorkingDirectory = directory,
        };
    }
}
