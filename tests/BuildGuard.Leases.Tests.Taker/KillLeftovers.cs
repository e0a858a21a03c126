using System.Globalization;
using BuildGuard.Processes;

namespace BuildGuard.Leases.Taker;

/// <summary>Ends what a taker left: the one process whose id its grant names.</summary>
internal sealed class KillLeftovers(ProcTable processes, Action<string, LeaseId> note) : ILeaseLeftovers
{
    public void End(LeaseId lease, TicketContent? content)
    {
        note("end", lease);
        if (int.TryParse(content?.Grant?.Container, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0)
        {
            _ = Native.Signal(pid, Native.SIGKILL);
        }
    }

    public void Kill(ProcessIdentity holder)
    {
        if (processes.IsAlive(holder) == true)
        {
            _ = Native.Signal(holder.Pid, Native.SIGKILL);
        }
    }

    public void MovedAside(LeaseId lease, string directory) => note("aside", lease);
}
