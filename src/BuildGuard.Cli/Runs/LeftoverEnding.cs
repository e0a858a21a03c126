using BuildGuard.Audit;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Runs;

/// <summary>Ends what dead holders left, and writes it down.</summary>
internal sealed class LeftoverEnding(IContainment containment, IProcessSignals signals, AuditTrail audit, IMessageSink messages) : ILeaseLeftovers
{
    public void End(LeaseId lease, TicketContent? content, LeaseUser whose) => End(lease, content, whose, Messages.Reaping);

    public void EndInside(LeaseId lease, TicketContent? content, LeaseUser whose) => End(lease, content, whose, Messages.EndingInside);

    private void End(LeaseId lease, TicketContent? content, LeaseUser whose, Func<string, string, int, GuardMessage> deathOf)
    {
        AuditRecord record = RecordOf(AuditEvent.Killed, lease, content);
        GuardMessage death = content is null
            ? Messages.EndingDamaged(lease.Value)
            : deathOf(lease.Value, content.Record.Label, content.Record.Holder.Pid);
        audit.Write(record with { Code = death.Code, Reason = death.Text });
        LeftoversEnd end = containment.EndLeftovers(lease, content?.Grant?.Container ?? "", whose);
        if (end.Ended.Count > 0)
        {
            GuardMessage message = Messages.OrphansEnded(end.Ended);
            messages.Say(message);
            audit.Write(record with
            {
                Event = AuditEvent.Orphan,
                Code = message.Code,
                Processes = [.. end.Ended.Select(AuditProcess.Of)],
            });
        }

        if (end.Left.Count > 0)
        {
            GuardMessage message = Messages.LeftToAnother(lease.Value, end.Left);
            messages.Say(message);
            audit.Write(record with
            {
                Event = AuditEvent.Degraded,
                Code = message.Code,
                Reason = message.Text,
                Processes = [.. end.Left.Select(row => AuditProcess.Of(row))],
            });
        }
    }

    public bool CanSee(TicketContent content) => containment.Sees(content.Record.Holder, content.Grant?.Container ?? "");

    public void SetAside(LeaseId lease, TicketContent content)
    {
        GuardMessage message = Messages.LeftUnseen(lease.Value, content.Record.Label, content.Record.Holder.Pid);
        messages.Say(message);
        audit.Write(RecordOf(AuditEvent.Degraded, lease, content) with { Code = message.Code, Reason = message.Text });
    }

    public void CannotEnd(LeaseId lease, TicketContent? content, GuardMessage problem) =>
        audit.Write(RecordOf(AuditEvent.Degraded, lease, content) with { Code = problem.Code, Reason = problem.Text });

    public bool RemovePlace(LeaseId lease, TicketContent? content) => containment.RemovePlace(lease, content?.Grant?.Container ?? "");

    public void Kill(ProcessIdentity holder) => signals.Kill(holder);

    public void MovedAside(LeaseId lease, string directory) =>
        messages.Say(Messages.DamagedStateFile(lease.Value, directory));

    private static AuditRecord RecordOf(AuditEvent auditEvent, LeaseId lease, TicketContent? content) => new()
    {
        Event = auditEvent,
        Lease = lease.Value,
        Pid = content?.Record.Holder.Pid ?? 0,
        Kind = content?.Record.Kind,
        Label = content?.Record.Label,
        Command = content?.Record.Command,
    };
}
