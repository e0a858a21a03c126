using BuildGuard.Diagnostics;
using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>What the lease tree asks for when a lease has to be ended whose holder is dead or must die.</summary>
public interface ILeaseLeftovers
{
    /// <summary>
    /// Ends every process that the lease left, and returns when it is proven that none is there.
    /// </summary>
    /// <param name="lease">The lease.</param>
    /// <param name="content">What its ticket says; <c>null</c> if it is damaged or gone.</param>
    /// <param name="whose">Whose it is, which decides what may be taken for its processes, and whether it is gone on without those that may not be ended.</param>
    /// <exception cref="GuardException">BG4003: something could not be ended.</exception>
    void End(LeaseId lease, TicketContent? content, LeaseUser whose);

    /// <summary>The same for a lease whose holder is gone when the one around it ends, by which it may have been ended itself.</summary>
    /// <inheritdoc cref="End"/>
    void EndInside(LeaseId lease, TicketContent? content, LeaseUser whose) => End(lease, content, whose);

    /// <summary>
    /// Whether what a dead holder left would be found from here. It is not where the holder lived in a PID namespace that is not
    /// seen from here, and no control group tells of it.
    /// </summary>
    bool CanSee(TicketContent content) => true;

    /// <summary>Says that a lease was set aside because what it left cannot be seen from here.</summary>
    void SetAside(LeaseId lease, TicketContent content)
    {
    }

    /// <summary>Notes that a dead holder's lease could not be ended, by <see cref="End"/> or by what is inside it; it stays.</summary>
    void CannotEnd(LeaseId lease, TicketContent? content, GuardMessage problem);

    /// <summary>Removes the place of a lease in which nothing runs: it was killed before its turn, or after it had given back.</summary>
    /// <returns>Whether it is gone; a process that was to become the command may still be on its way out.</returns>
    bool RemovePlace(LeaseId lease, TicketContent? content);

    /// <summary>Kills a holder that should have ended by itself. Does nothing if exactly that process is gone.</summary>
    void Kill(ProcessIdentity holder);

    /// <summary>Says that a state file was moved aside because it cannot be understood.</summary>
    void MovedAside(LeaseId lease, string directory);
}
