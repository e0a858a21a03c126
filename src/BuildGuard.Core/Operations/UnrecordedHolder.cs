using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Operations;

/// <summary>A process that holds a lease, or waits for one, though no ticket tells of it.</summary>
/// <param name="Process">The process: a helper, or the build that it serves.</param>
/// <param name="Lease">The lease whose ticket it keeps, by the name that the ticket has or had; <c>null</c>: none, it is on its way into a queue.</param>
public sealed record UnrecordedHolder(ProcessRow Process, LeaseId? Lease)
{
    /// <summary>What the ticket said, if it is gone and was not damaged before; else <c>null</c>.</summary>
    public TicketContent? Ticket { get; init; }

    /// <summary>Whether it is the build that a session serves.</summary>
    public bool IsBuild { get; init; }

    /// <summary>Whether it is known only to wait.</summary>
    public bool IsWaiting { get; init; }

    /// <summary>How long it has had the turn, or, where that is not known, has run.</summary>
    public required TimeSpan Held { get; init; }

    /// <summary>What people see: a command line only where it was recorded.</summary>
    public string Label => Ticket?.Record.Label ?? Process.Name;

    /// <summary>Whether it runs an operation, as far as is known.</summary>
    public bool IsOperation => !IsBuild && Lease is not null && !IsWaiting && Ticket?.Record.Kind is null or LeaseKind.Operation;
}
