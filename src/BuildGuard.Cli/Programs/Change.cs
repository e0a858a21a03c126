namespace BuildGuard.Cli.Programs;

/// <summary>What was done about something of others: a hook, a schedule.</summary>
internal enum Change
{
    /// <summary>Nothing was to be done.</summary>
    None,

    /// <summary>It would be done.</summary>
    Planned,

    /// <summary>The guard was put in.</summary>
    Installed,

    /// <summary>What was there of the guard was renewed.</summary>
    Updated,

    /// <summary>The guard was taken out.</summary>
    Removed,

    /// <summary>It was left as it is, because somebody changed it.</summary>
    Kept,
}
