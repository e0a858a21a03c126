namespace BuildGuard.Leases;

/// <summary>How far a ticket has come. One byte of its file, rewritten in place, so that a reader never sees half of it.</summary>
public enum TicketState : byte
{
    /// <summary>Waiting for the turn. If its holder is dead, nothing is left of it.</summary>
    Waiting = (byte)'W',

    /// <summary>The turn has come: a lease. If its holder is dead, it may have left processes.</summary>
    Granted = (byte)'G',

    /// <summary>The lease is ending and takes no more children. If its holder is dead, it may have left processes.</summary>
    Ending = (byte)'E',

    /// <summary>Ended, and proven empty.</summary>
    Released = (byte)'R',

    /// <summary>
    /// The same for one of several slots. Nothing follows for those who were before it: they may still run.
    /// </summary>
    Vacated = (byte)'V',
}
