namespace BuildGuard.Leases;

/// <summary>Who stands before a ticket.</summary>
/// <param name="slots">How many may run at once beside that ticket, itself included.</param>
internal sealed class Ahead(int slots) : IDisposable
{
    private bool _filesGivenAway;

    /// <summary>Held tickets whose files were deleted, see <see cref="Missing"/>.</summary>
    public List<(TicketName Name, TicketFile File)> Ghosts { get; init; } = [];

    /// <summary>Held tickets, the nearest first; the last of them may wait, all others run.</summary>
    public List<LivingTicket> Living { get; } = [];

    /// <summary>Leases whose holder is dead.</summary>
    public List<TicketName> Leftovers { get; } = [];

    /// <summary>Files that nobody holds and that cannot be understood.</summary>
    public List<TicketName> Damaged { get; } = [];

    /// <summary>
    /// Whether a ticket went between being listed and being opened: it ended as it should, or its file was deleted.
    /// </summary>
    public bool HasLostOne { get; set; }

    /// <summary>The one that waits; <c>null</c> if all run.</summary>
    public LivingTicket? Waiter => Living.Count > 0 && Living[^1].HidesOthers ? Living[^1] : null;

    /// <summary>
    /// Whether the turn has not come. A ticket may run when nobody before it waits and fewer run than the least that one
    /// of these or the ticket itself asked for. Both only ever become truer: none comes in before it.
    /// </summary>
    public bool MustWait => Ghosts.Count > 0 || Waiter is not null || Living.Count >= Living.Aggregate(slots, (least, l) => Math.Min(least, l.Slots));

    /// <summary>Leaves the files of the living to threads that sleep on them, and close them when they wake.</summary>
    public IReadOnlyList<LivingTicket> GiveFilesAway()
    {
        _filesGivenAway = true;
        return [.. Living];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_filesGivenAway)
        {
            Living.ForEach(l => l.Dispose());
        }

        Ghosts.ForEach(g => g.File.Dispose());
    }
}
