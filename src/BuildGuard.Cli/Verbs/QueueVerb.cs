using System.CommandLine;
using System.Text.Json;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Views;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard queue</c>: who waits, in which order, and for whom.</summary>
internal static class QueueVerb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Command(Composition composition)
    {
        var json = ViewOptions.Json();
        var watch = new Option<bool>("--watch") { Description = "Show it again whenever it changes, until interrupted" };
        var lockName = ViewOptions.Lock();
        var command = new Command("queue", "Show who waits, in which order, and for whom.") { json, watch, lockName };
        command.SetAction(result =>
        {
            string name = ViewOptions.LockOf(composition, result.GetValue(lockName));
            composition.RequireReadable(name);
            return result.GetValue(watch)
                ? Watch(composition, name, result.GetValue(json))
                : Show(composition.Viewer.Look(name), composition.UnrecordedHolders.Look(), result.GetValue(json));
        });
        return command;
    }

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

    /// <summary>What stands behind one who is stopped; nothing for others.</summary>
    public static string StoppedOf(IReadOnlyList<int> stopped) =>
        stopped.Count == 0 ? "" : " " + Terminal.Red($"(stopped; '{Messages.Continue(stopped)}' lets it go on)");

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

    private static int Show(TreeSnapshot tree, IReadOnlyList<ProcessRow> unrecorded, bool asJson)
    {
        if (asJson)
        {
            Terminal.WriteJson(json => TreeJson.WriteQueue(json, tree, unrecorded));
            return ExitCodes.Success;
        }

        foreach (string line in HeadOf(tree, unrecorded))
        {
            Terminal.Lines.WriteLine(line);
        }

        TableOf(tree).WriteTo(Terminal.Lines);
        return ExitCodes.Success;
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
            yield return $"{Terminal.Bold(Terminal.Safe(lease.Record.Label))} (pid {lease.Pid}) has had the turn for {Duration.ToAge(lease.Age)}{StatusVerb.StateOf(lease)}{StoppedOf(lease.Stopped)}";
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

    private static int Watch(Composition composition, string lockName, bool asJson)
    {
        if (!asJson && FullScreen.IsPossible)
        {
            return new QueueScreen(composition, lockName).Run(Interval);
        }

        string? last = null;
        while (true)
        {
            TreeSnapshot tree = composition.Viewer.Look(lockName);
            IReadOnlyList<ProcessRow> unrecorded = composition.UnrecordedHolders.Look();
            string now = string.Join('|', tree.Leases.Select(l => $"{l.Id}{(l.HolderAlive ? "" : " died")}{(l.IsKeptByBuild ? " kept" : "")}{Mark(l.Stopped)}").Concat(
                tree.Queue.Select(t => $"{t.Parent} {t.Number}{(t.WaitsFor is null ? "" : " waits")}{Mark(t.Stopped)}")).Concat(tree.Unreadable.Select(t => $"{t.Id} unreadable {t.Standing}")).Concat(unrecorded.Select(row => $"{row.Pid} unrecorded")));
            if (now != last)
            {
                Announce(tree, unrecorded, asJson);
                last = now;
            }

            Thread.Sleep(Interval);
        }
    }

    private static string Mark(IReadOnlyList<int> stopped) => stopped.Count == 0 ? "" : " stopped";

    private static void Announce(TreeSnapshot tree, IReadOnlyList<ProcessRow> unrecorded, bool asJson)
    {
        if (!asJson)
        {
            Terminal.Lines.WriteLine(Terminal.Faint($"{DateTime.Now:HH:mm:ss}"));
            Show(tree, unrecorded, asJson: false);
            return;
        }

        using var output = new OutputStream();
        using (var json = new Utf8JsonWriter(output))
        {
            TreeJson.WriteQueue(json, tree, unrecorded);
        }

        output.Write("\n"u8);
    }
}
