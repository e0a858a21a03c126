namespace BuildGuard.Cli.Schedules;

/// <summary>How a schedule stands.</summary>
internal enum ScheduleState
{
    /// <summary>There is none.</summary>
    Absent,

    /// <summary>There is one, as we wrote it.</summary>
    Installed,

    /// <summary>There is one that somebody changed.</summary>
    Edited,
}

/// <summary>A part of a schedule: a file, or a block of lines in the user's crontab.</summary>
/// <param name="Place">Where it goes, for people.</param>
/// <param name="Text">What it holds.</param>
internal sealed record SchedulePart(string Place, string Text);

/// <summary>What starts <c>buildguard reap</c> again and again.</summary>
internal interface ISchedule
{
    /// <summary>Its name on the command line.</summary>
    string Kind { get; }

    /// <summary>Whether it works here; where not, its files can be written all the same.</summary>
    bool IsAvailable { get; }

    /// <summary>Why nothing starts it though it works here in principle; empty where nothing is missing, as far as can be seen.</summary>
    string Missing => "";

    /// <summary>How it stands.</summary>
    ScheduleState State { get; }

    /// <summary>What is there now; empty where there is none.</summary>
    string Written { get; }

    /// <summary>The time between two reaps of what is there now; <c>null</c> where there is none, or where it cannot be told.</summary>
    TimeSpan? Interval { get; }

    /// <summary>Where its parts are.</summary>
    IReadOnlyList<string> Places { get; }

    /// <summary>What would be written.</summary>
    /// <param name="interval">The time between two reaps.</param>
    /// <exception cref="Diagnostics.GuardException">BG0005: it knows no such interval.</exception>
    IReadOnlyList<SchedulePart> Plan(TimeSpan interval);

    /// <summary>Writes it, and starts it where it works.</summary>
    /// <returns>Whether that changed anything.</returns>
    bool Install(IReadOnlyList<SchedulePart> parts);

    /// <summary>Stops it and takes it away.</summary>
    void Remove();
}
