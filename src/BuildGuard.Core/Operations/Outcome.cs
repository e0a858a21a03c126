namespace BuildGuard.Operations;

/// <summary>How an operation ended.</summary>
public enum Outcome
{
    /// <summary>The command exited by itself.</summary>
    Exited,

    /// <summary>A signal ended the command, and it was not the guard's.</summary>
    Signaled,

    /// <summary>The run time was up.</summary>
    Timeout,

    /// <summary>The tree reached its memory limit.</summary>
    Memory,

    /// <summary>The tree reached its limit of processes.</summary>
    Processes,

    /// <summary>The tree did nothing for too long, and was to be ended for it.</summary>
    Stalled,

    /// <summary>Nothing was started: the pre-flight check refused it, or there is no such command.</summary>
    Refused,

    /// <summary>The user, or the end of the process that asked for it, stopped it.</summary>
    Cancelled,
}

/// <summary>The words of the contract for the outcomes.</summary>
public static class OutcomeNames
{
    /// <summary>The word that reports and the audit trail use.</summary>
    public static string ToName(this Outcome outcome) => outcome switch
    {
        Outcome.Exited => "exited",
        Outcome.Signaled => "signaled",
        Outcome.Timeout => "timeout",
        Outcome.Memory => "memory",
        Outcome.Processes => "processes",
        Outcome.Stalled => "stalled",
        Outcome.Refused => "refused",
        _ => "cancelled",
    };
}
