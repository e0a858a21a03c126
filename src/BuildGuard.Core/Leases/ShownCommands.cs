using BuildGuard.Containment;
using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>
/// What a viewer may show of command lines: none where the setting <c>RecordCommands</c> is off for it or was for whoever took the
/// lease, and none of another user's. Names and labels stand for them.
/// </summary>
/// <param name="mayShow">Whether the setting of whoever looks allows it; asked once, when it is first needed.</param>
/// <param name="user">The name of the user who looks.</param>
public sealed class ShownCommands(Func<bool> mayShow, Func<string> user)
{
    private bool? _mayShow;

    private bool MayShow => _mayShow ??= mayShow();

    /// <summary>Of a ticket: one that does not tell is marked as <see cref="LeaseRecord.HidesCommands"/>, whatever the reason.</summary>
    public LeaseRecord Of(LeaseRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.HidesCommands || record.User != user() || !MayShow ? record.WithoutCommands() : record;
    }

    /// <summary>Of processes that run under a lease, or did.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="record">What its ticket says.</param>
    public IReadOnlyList<ProcessRow> Of(IReadOnlyList<ProcessRow> processes, LeaseRecord record) =>
        CommandLines.Of(processes, !Of(record).HidesCommands);

    /// <summary>Of processes of which no ticket tells.</summary>
    public IReadOnlyList<ProcessRow> Of(IReadOnlyList<ProcessRow> processes) => CommandLines.Of(processes, MayShow);

    /// <summary>Of processes that were ended, and of which no ticket told.</summary>
    public IReadOnlyList<EndedProcess> Of(IReadOnlyList<EndedProcess> processes) => CommandLines.Of(processes, MayShow);
}
