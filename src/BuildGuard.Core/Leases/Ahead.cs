namespace BuildGuard.Leases;

/// <summary>Who stands before a ticket.</summary>
internal sealed class Ahead : IDisposable
{
    /// <summary>Held tickets whose files were deleted, see <see cref="Missing"/>.</summary>
    public List<(TicketName Name, TicketFile File)> Ghosts { get; init; } = [];

    /// <summary>Held tickets, the nearest first; no more of them than there are slots.</summary>
    public List<(TicketName Name, TicketFile File)> Living { get; } = [];

    /// <summary>Leases whose holder is dead.</summary>
    public List<TicketName> Leftovers { get; } = [];

    /// <summary>Files that nobody holds and that cannot be understood.</summary>
    public List<TicketName> Damaged { get; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, TicketFile file) in Ghosts.Concat(Living))
        {
            file.Dispose();
        }
    }
}
