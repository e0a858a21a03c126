using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>What a ticket says about who took it. Written once, before anybody can see the ticket.</summary>
public sealed record LeaseRecord
{
    /// <summary>What the lease is for.</summary>
    public required LeaseKind Kind { get; init; }

    /// <summary>The process that holds the ticket: a <c>buildguard</c> program.</summary>
    public required ProcessIdentity Holder { get; init; }

    /// <summary>The process on whose behalf it is held, if that is another one (the MSBuild node of a session).</summary>
    public ProcessIdentity? Owner { get; init; }

    /// <summary>The build that a session belongs to, the same on all its nodes; <c>null</c> for others.</summary>
    public string? Build { get; init; }

    /// <summary>What people see.</summary>
    public required string Label { get; init; }

    /// <summary>The command line; <c>null</c> where it must not be recorded.</summary>
    public string? Command { get; init; }

    /// <summary>The working directory; <c>null</c> where it must not be recorded.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Whether command lines of what runs under it must not be recorded, and so not be shown either.</summary>
    public bool HidesCommands { get; init; }

    /// <summary>How many may run at once beside each other as long as this ticket is among them, itself included; 1 or more.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>The limits of an operation; <c>null</c>: not recorded, as for a session.</summary>
    public LeaseLimits? Limits { get; init; }

    /// <summary>The user's name.</summary>
    public required string User { get; init; }

    /// <summary>What other users may read: who waits or runs, and no more.</summary>
    public LeaseRecord ForOthers() => WithoutCommands() with { HidesCommands = HidesCommands, Limits = null };

    /// <summary>The same without command lines. A build's label is one.</summary>
    public LeaseRecord WithoutCommands() => this with
    {
        Command = null,
        WorkingDirectory = null,
        Label = Kind == LeaseKind.Session ? "build" : Label,
        HidesCommands = true,
    };

    /// <summary>The version of the holder's program, as in <c>1.2.3</c>; <c>null</c> if it says none.</summary>
    public string? Version { get; init; }

    /// <summary>
    /// Where the ticket's file was made: by it the file is known for what it is, also when somebody has renamed it. <c>null</c> in
    /// one of an earlier version.
    /// </summary>
    public string? File { get; init; }

    /// <summary>When the ticket was taken, UTC. For people; the order never depends on it.</summary>
    public required DateTimeOffset EnqueuedAt { get; init; }
}
