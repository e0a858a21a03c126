namespace BuildGuard.Leases;

/// <summary>Who stands before a ticket.</summary>
internal sealed class Ahead
{
    /// <summary>Held tickets, the nearest first.</summary>
    public List<(TicketName Name, TicketFile File)> Living { get; } = [];

    /// <summary>Leases whose holder is dead.</summary>
    public List<TicketName> Leftovers { get; } = [];

    /// <summary>Files that nobody holds and that cannot be understood.</summary>
    public List<TicketName> Damaged { get; } = [];
}
