namespace BuildGuard.Audit;

/// <summary>What the audit trail records.</summary>
public enum AuditEvent
{
    /// <summary>A place in the queue was taken.</summary>
    Enqueued,

    /// <summary>The turn came.</summary>
    Acquired,

    /// <summary>The turn was given back, the process tree proven empty.</summary>
    Released,

    /// <summary>Nothing was run: not fit, a bad setting, the command not found.</summary>
    Refused,

    /// <summary>A limit was reached.</summary>
    Breach,

    /// <summary>The process tree was ended by the guard.</summary>
    Killed,

    /// <summary>Processes outlived their operation, or their dead holder, and were ended or kept on purpose.</summary>
    Orphan,

    /// <summary>No CPU and no output for a long time.</summary>
    Stalled,

    /// <summary>Ended by the emergency stop.</summary>
    Stopped,

    /// <summary>Something is weaker than asked for, guarding itself switched off included, or cannot be ended.</summary>
    Degraded,

    /// <summary>Given up while waiting or running: Ctrl+C, a closed build.</summary>
    Cancelled,
}
