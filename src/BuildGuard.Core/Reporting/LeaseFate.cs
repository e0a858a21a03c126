namespace BuildGuard.Reporting;

/// <summary>What became of one that wanted a lease.</summary>
public enum LeaseFate
{
    /// <summary>Still in the queue.</summary>
    Waiting,

    /// <summary>Has the lease.</summary>
    Running,

    /// <summary>Ended by itself with exit code 0, or without one: a build tells none.</summary>
    Succeeded,

    /// <summary>Ended by itself with another exit code, or by a signal that was not the guard's.</summary>
    Failed,

    /// <summary>The guard ended it: a limit, a stall, an emergency stop, the watch.</summary>
    Ended,

    /// <summary>Nothing was run: the machine was not fit, a setting was bad, the command not there.</summary>
    Refused,

    /// <summary>Given up while waiting or running.</summary>
    Cancelled,

    /// <summary>Its holder died; the next one, or <c>buildguard reap</c>, ended what it left.</summary>
    Died,

    /// <summary>The trail does not tell.</summary>
    Unknown,
}
