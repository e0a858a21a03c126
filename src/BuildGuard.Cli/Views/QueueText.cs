using BuildGuard.Cli.Output;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Processes;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Views;

/// <summary>Who has the turn and who waits, in words.</summary>
internal static class QueueText
{
    /// <summary>The queue as a table.</summary>
    public static Table TableOf(TreeSnapshot tree)
    {
        var table = new Table(0, 1, 2);
        foreach (TicketView ticket in tree.Queue)
        {
            table.Add(
                ticket.Position.ToString(),
                "pid " + ticket.Record.Holder.Pid,
                "for " + Duration.ToAge(ticket.Age),
                Terminal.Safe(ticket.Record.Label, 60),
                ticket.Parent is { } parent ? $"inside {parent}" : "",
                ticket.WaitsFor is { } wait ? $"waits for {wait}" : "",
                StoppedOf(ticket.Stopped).TrimStart());
            table.AddNote(width => WhatFor.Of(ticket.Record, width));
        }

        return table;
    }

    /// <summary>What is the same as long as nobody comes, goes on, stops or ends.</summary>
    public static string KeyOf(TreeSnapshot tree, IReadOnlyList<ProcessRow> unrecorded) => string.Join('|', tree.Leases
        .Select(lease => $"{lease.Id}{(lease.HolderAlive ? "" : " died")}{(lease.IsKeptByBuild ? " kept" : "")}{(lease.Stopped.Count > 0 ? " stopped" : "")}")
        .Concat(tree.Queue.Select(ticket => $"{ticket.Parent} {ticket.Number}{(ticket.WaitsFor is null ? "" : " waits")}{(ticket.Stopped.Count > 0 ? " stopped" : "")}"))
        .Concat(tree.Unreadable.Select(ticket => $"{ticket.Id} unreadable {ticket.Standing}"))
        .Concat(unrecorded.Select(row => $"{row.Pid} unrecorded")));

    /// <summary>What stands behind one who is stopped; nothing for others.</summary>
    public static string StoppedOf(IReadOnlyList<int> stopped) =>
        stopped.Count == 0 ? "" : " " + Terminal.Red($"(stopped; '{Messages.Continue(stopped)}' lets it go on)");

    /// <summary>What is to be known of a lease whose holder died; nothing for others.</summary>
    public static string StateOf(LeaseView lease) => lease switch
    {
        { HolderAlive: false } => Terminal.Red(" (holder died; the next one, or 'buildguard reap', ends what it left)"),
        { IsKeptByBuild: true } => Terminal.Red($" ({Messages.KeptByBuild})"),
        _ => "",
    };

    /// <summary>Of tickets that are held and cannot be read, and of processes that hold or wait without one, a line each.</summary>
    public static IEnumerable<string> UnreadableOf(TreeSnapshot tree, IReadOnlyList<ProcessRow> unrecorded) =>
        tree.Unreadable.Select(TextOf).Concat(unrecorded.Select(TextOf)).Select(Terminal.Red);

    /// <summary>That a process holds or waits and no ticket tells of it.</summary>
    public static string TextOf(ProcessRow unrecorded) =>
        $"{Terminal.Safe(unrecorded.Name, 40)} (pid {unrecorded.Pid}) holds or waits with a ticket that cannot be read or is gone; 'buildguard stop' ends it.";

    /// <summary>That somebody holds a place and cannot be named.</summary>
    public static string TextOf(UnreadableTicket ticket) =>
        $"Somebody {StandingOf(ticket)}, and it cannot be told who: the ticket {(ticket.Version is { } version ? $"was written by BuildGuard {Terminal.Safe(version, 40)}, another version" : "is damaged")}.";

    private static string StandingOf(UnreadableTicket ticket) => ticket.Standing switch
    {
        UnreadableStanding.Waits => $"waits with {ticket.Id}",
        UnreadableStanding.HoldsOrWaits => $"holds {ticket.Id}, or waits with it",
        _ => $"holds {ticket.Id}",
    };

    /// <summary>
    /// What the first one in the lock's queue does when nobody holds the turn; <c>null</c> if somebody does, or nobody waits.
    /// </summary>
    public static string? FirstOf(TreeSnapshot tree)
    {
        if (tree.Leases.Any(l => l.Id.Parent is null) || tree.Unreadable.Any(t => t.Id.Parent is null && t.Standing != UnreadableStanding.Waits) || tree.Queue.FirstOrDefault(t => t.Parent is null) is not { } first)
        {
            return null;
        }

        string name = $"{Terminal.Bold(Terminal.Safe(first.Record.Label))} (pid {first.Record.Holder.Pid})";
        return first.WaitsFor is { } wait
            ? $"{name} is first in the queue, where it has been for {Duration.ToAge(first.Age)}, and keeps the turn while it waits for {wait}.{StoppedOf(first.Stopped)}"
            : $"{name} is just getting the turn.{StoppedOf(first.Stopped)}";
    }

    /// <summary>What stands above the table: who has the turn, as far as it can be told, or that nobody waits.</summary>
    public static IEnumerable<string> HeadOf(TreeSnapshot tree, IReadOnlyList<ProcessRow> unrecorded)
    {
        foreach (string line in UnreadableOf(tree, unrecorded))
        {
            yield return line;
        }

        foreach (LeaseView lease in tree.Leases.Where(l => l.Id.Parent is null))
        {
            yield return $"{Terminal.Bold(Terminal.Safe(lease.Record.Label))} (pid {lease.Pid}) has had the turn for {Duration.ToAge(lease.Age)}{StateOf(lease)}{StoppedOf(lease.Stopped)}";
        }

        if (tree.Queue.Count == 0)
        {
            yield return $"{(tree.Unreadable.Count + unrecorded.Count == 0 ? "Nobody" : "Nobody else")} waits under the lock {tree.Lock}.";
        }

        // One that no ticket tells of may have the turn.
        else if ((unrecorded.Count == 0 || tree.Queue.Any(ticket => ticket.WaitsFor is not null)) && FirstOf(tree) is { } first)
        {
            yield return first;
        }
    }
}
