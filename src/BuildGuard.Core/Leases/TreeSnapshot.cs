using BuildGuard.Preflight;

namespace BuildGuard.Leases;

/// <summary>A lease as a viewer sees it.</summary>
/// <param name="Id">Its name, which tells its ancestors.</param>
/// <param name="Record">Who has it.</param>
/// <param name="Grant">Since when.</param>
/// <param name="HolderAlive">Whether it is still held; otherwise its holder died, and the next one ends what it left.</param>
public sealed record LeaseView(LeaseId Id, LeaseRecord Record, GrantRecord Grant, bool HolderAlive)
{
    /// <summary>How long it has had the turn.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>The processes to be told to go on if its holder, or the build that it serves, is stopped; else empty.</summary>
    public required IReadOnlyList<int> Stopped { get; init; }

    /// <summary>Whether its holder was killed, and the build that it serves keeps the turn until it ends.</summary>
    public bool IsKeptByBuild { get; init; }

    /// <summary>Whether another file stands in its ticket's place than the one that its holder has.</summary>
    internal bool IsDisplaced { get; init; }

    /// <summary>The process that has the turn: the holder, or the build that keeps it.</summary>
    public int Pid => IsKeptByBuild && Record.Owner is { } owner ? owner.Pid : Record.Holder.Pid;
}

/// <summary>A waiting ticket as a viewer sees it.</summary>
/// <param name="Position">Its place in its queue; 1 goes next.</param>
/// <param name="Id">The lease that it will be.</param>
/// <param name="Record">Who waits.</param>
public sealed record TicketView(int Position, LeaseId Id, LeaseRecord Record)
{
    /// <summary>The lease it waits inside; <c>null</c>: directly under the lock.</summary>
    public LeaseId? Parent => Id.Parent;

    /// <summary>Its number.</summary>
    public ulong Number => Id.Ticket.Number;

    /// <summary>How long it has been in the queue.</summary>
    public required TimeSpan Age { get; init; }

    /// <inheritdoc cref="LeaseView.Stopped"/>
    public required IReadOnlyList<int> Stopped { get; init; }

    /// <summary>What the first one waits for although its turn has come; <c>null</c>: for nothing but its turn.</summary>
    public PreflightWait? WaitsFor { get; init; }
}

/// <summary>Who stands before a waiting ticket.</summary>
/// <param name="Position">
/// Its place among those that wait, 1 being next. One whose turn has come and that waits for the machine still counts among
/// them; one that is just being granted does not any more.
/// </param>
/// <param name="Holder">Who holds the turn; <c>null</c> if nobody does at this moment.</param>
/// <param name="First">If nobody does: the first before it in the queue; <c>null</c> if there is none.</param>
public sealed record QueueStanding(int Position, LeaseView? Holder, TicketView? First)
{
    /// <summary>If neither is known: a ticket before it that is held and cannot be read; <c>null</c> if there is none.</summary>
    public LeaseId? Unreadable { get; init; }
}

/// <summary>A ticket that somebody holds and of which nobody can tell whose it is: it holds up the others all the same.</summary>
/// <param name="Id">The lease that it is, or will be.</param>
/// <param name="Version">The version of BuildGuard that wrote it in its own way; <c>null</c>: it is damaged, or does not say.</param>
public sealed record UnreadableTicket(LeaseId Id, string? Version)
{
    /// <summary>What the tickets around it tell of it.</summary>
    public UnreadableStanding Standing { get; init; }
}

/// <summary>What the order of a queue tells of a ticket that says nothing itself.</summary>
public enum UnreadableStanding
{
    /// <summary>It has the turn, or gets it next: it is the first, or one behind it has the turn beside it.</summary>
    Holds,

    /// <summary>It waits: one before it wants to be alone, or waits itself.</summary>
    Waits,

    /// <summary>One of the two: others before it have the turn, and it is not known whether it wants to be beside them.</summary>
    HoldsOrWaits,
}

/// <summary>The tree under one lock at one moment.</summary>
/// <param name="Lock">The lock.</param>
/// <param name="Leases">The leases, parents before their children.</param>
/// <param name="Queue">The waiting tickets of all its queues, in their order.</param>
public sealed record TreeSnapshot(string Lock, IReadOnlyList<LeaseView> Leases, IReadOnlyList<TicketView> Queue)
{
    /// <summary>The tickets of all its queues that are held and cannot be read.</summary>
    public IReadOnlyList<UnreadableTicket> Unreadable { get; init; } = [];
}
