using BuildGuard.Audit;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Platform.Linux;
using BuildGuard.Preflight;
using BuildGuard.Processes;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Runs;

/// <summary>What the verbs that take part in the queue stand on: <c>run</c> and <c>session</c>.</summary>
internal sealed class Participant
{
    private readonly Composition _composition;
    private readonly IMessageSink _messages;
    private readonly AuditTrail _audit;

    public Participant(Composition composition, GuardSettings settings, IMessageSink messages)
    {
        _composition = composition;
        _messages = messages;
        Settings = settings;
        _audit = composition.Audit(settings, messages);
        Tree = new LeaseTree(
            composition.StateFiles, composition.Processes, new LeftoverEnding(composition.Containment, composition.Signals, _audit, messages), composition.Layout);
    }

    public GuardSettings Settings { get; }

    public LeaseTree Tree { get; }

    public IProcessTable Processes => _composition.Processes;

    public IContainment Containment => _composition.Containment;

    /// <summary>The lease that our parent says we stand in.</summary>
    public static string? LeaseVariable => Composition.Variables("BUILDGUARD_LEASE");

    /// <summary>
    /// Says once which variables mean nothing: whoever stands in a lease has it said already by what holds that.
    /// </summary>
    public static void SayUnknownVariables(IMessageSink messages, MessageLevel level)
    {
        if (LeaseVariable is not null || EnvironmentNames.StartingWith("BUILDGUARD_"u8) is not { Length: > 0 } names)
        {
            return;
        }

        foreach (GuardMessage complaint in Variables.Complaints(names, level))
        {
            messages.Say(complaint);
        }
    }

    /// <summary>Who writes down what happens to a lease.</summary>
    public IOperationJournal JournalOf(LeaseKind kind, QueueRequest request, string? command) => new OperationJournal(
        _audit, _messages, _composition.ViewerOf(Settings), kind, request, command, Processes.Self.Pid, Processes.UserName);

    /// <summary>
    /// The pre-flight check at the head of the queue; <c>false</c>: refused. Inside a lease only memory is looked at, as
    /// a warning: the load is the build's own.
    /// </summary>
    /// <param name="ticket">The place, whose turn has come.</param>
    /// <param name="attend">Called before it waits.</param>
    public bool Preflight(Ticket ticket, Action? attend = null)
    {
        var check = new PreflightCheck(_composition.Machine, Settings, _messages);
        if (ticket.Lease.Parent is not null)
        {
            check.WarnInsideSession();
            return true;
        }

        PreflightResult result = check.Run(TimeProvider.System, pause =>
        {
            attend?.Invoke();
            Thread.Sleep(pause);
            return true;
        },
        ticket.Say);
        return result.Verdict == PreflightVerdict.Go;
    }
}
