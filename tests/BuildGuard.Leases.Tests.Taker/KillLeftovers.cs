using BuildGuard.Diagnostics;
using BuildGuard.Processes;
using Microsoft.Win32.SafeHandles;

namespace BuildGuard.Leases.Taker;

/// <summary>Ends what a taker left, which is nothing, and says so.</summary>
internal sealed class KillLeftovers(ProcTable processes, Action<string, LeaseId> note) : ILeaseLeftovers
{
    public void End(LeaseId lease, TicketContent? content, LeaseUser whose) => note("end", lease);

    public void CannotEnd(LeaseId lease, TicketContent? content, GuardMessage problem) => note("stuck", lease);

    public bool RemovePlace(LeaseId lease, TicketContent? content) => true;

    public void Kill(ProcessIdentity holder)
    {
        using SafeFileHandle? process = Native.OpenProcess(holder.Pid);
        if (process is not null && processes.IsAlive(holder) == true)
        {
            _ = Native.Signal(process, Native.SIGKILL);
        }
    }

    public void MovedAside(LeaseId lease, string directory) => note("aside", lease);
}
