using BuildGuard.Audit;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Cli;

/// <summary>Ends what dead holders left, and writes it down.</summary>
internal sealed class Leftovers(IContainment containment, IProcessSignals signals, AuditTrail audit, IMessageSink messages) : ILeaseLeftovers
{
    public void End(LeaseId lease, TicketContent? content)
    {
        IReadOnlyList<EndedProcess> ended = containment.EndLeftovers(lease, content?.Grant?.Container ?? "");
        if (ended.Count == 0)
        {
            return;
        }

        GuardMessage message = Messages.OrphansEnded(ended);
        messages.Say(message);
        audit.Write(new AuditRecord
        {
            Event = AuditEvent.Orphan,
            Lease = lease.Value,
            Pid = content?.Record.Holder.Pid ?? 0,
            Label = content?.Record.Label,
            Command = content?.Record.Command,
            Code = message.Code,
            Processes = [.. ended.Select(AuditProcess.Of)],
        });
    }

    public void Kill(ProcessIdentity holder) => signals.Kill(holder);

    public void MovedAside(LeaseId lease, string directory) =>
        messages.Say(Messages.DamagedStateFile(lease.Value, directory));
}
