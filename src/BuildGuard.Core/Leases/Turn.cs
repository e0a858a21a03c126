namespace BuildGuard.Leases;

/// <summary>What came of waiting.</summary>
public enum Turn
{
    /// <summary>The turn has come. Leftovers of dead holders are to be ended first.</summary>
    Come,

    /// <summary>
    /// The queue is no longer the right one: its lease has ended, or its directory was deleted. A new place must be taken.
    /// </summary>
    Displaced,

    /// <summary>The ticket was left meanwhile, by another thread. The program is to end.</summary>
    Left,
}

