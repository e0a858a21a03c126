using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Views;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;

namespace BuildGuard.Cli.Doctor;

/// <summary>Who uses a lock.</summary>
/// <param name="Name">The lock.</param>
/// <param name="Leases">How many leases are held under it, those inside others included.</param>
/// <param name="Waiting">How many wait.</param>
/// <param name="Unreadable">The leases whose tickets are held and cannot be read.</param>
/// <param name="Elsewhere">How many of both stand in another PID namespace, as in a container: their process ids mean nothing here.</param>
/// <param name="Users">Whose they are.</param>
/// <param name="Versions">Of which versions the programs are that hold or wait.</param>
internal sealed record LockUse(string Name, int Leases, int Waiting, IReadOnlyList<string> Unreadable, int Elsewhere, IReadOnlyList<string> Users, IReadOnlyList<string> Versions);

/// <summary>Who shares the locks.</summary>
internal static class LockUses
{
    /// <summary>Looks; programs of other versions and leases without their holder are findings.</summary>
    /// <returns>The locks; <c>null</c>: they cannot all be looked at, which is a finding.</returns>
    public static IReadOnlyList<LockUse>? Of(Composition composition, List<GuardMessage> findings)
    {
        var uses = new List<LockUse>();
        try
        {
            composition.RequireLocksReadable();
            foreach (string name in composition.Layout.LockNames(composition.StateFiles).Order(StringComparer.Ordinal))
            {
                uses.Add(Look(composition, name, findings));
            }

            string[] unreadable = [.. uses.SelectMany(use => use.Unreadable)];
            if (unreadable.Length > 0)
            {
                findings.Add(Messages.HeldUnreadable(unreadable));
            }
            else if (composition.UnrecordedHolders.Look() is { Count: > 0 } unrecorded)
            {
                findings.Add(Messages.HeldUnrecorded([.. unrecorded.Select(row => $"{row.Name} (pid {row.Pid})")]));
            }

            IReadOnlyList<DeadLease> dead = composition.Reaper(MessageSink.Silent).Find();
            if (dead.Count > 0)
            {
                findings.Add(Messages.DeadLeases([.. dead.Select(lease => lease.Content.Record.Label)]));
            }
            else if (UntoldProcesses.Find(composition) is { Count: > 0 } untold)
            {
                findings.Add(Messages.UntoldProcesses([.. untold.Select(row => $"{row.Name} (pid {row.Pid})")]));
            }
        }
        catch (GuardException e)
        {
            if (!findings.Exists(finding => finding.Code == e.Problem.Code))
            {
                findings.Add(e.Problem);
            }

            return null;
        }

        return uses;
    }

    private static LockUse Look(Composition composition, string name, List<GuardMessage> findings)
    {
        if (composition.StateFiles.Exists(composition.Layout.MutexOf(name)))
        {
            // As everybody opens it who wants the turn.
            composition.StateFiles.OpenOrCreate(composition.Layout.MutexOf(name), composition.Layout.IsShared(name))?.Dispose();
        }

        TreeSnapshot tree = composition.Viewer.Look(name);
        LeaseRecord[] records = [.. tree.Leases.Select(lease => lease.Record), .. tree.Queue.Select(ticket => ticket.Record)];
        foreach (IGrouping<string, LeaseRecord> same in records.Where(record => VersionReferences.Order(record.Version ?? "") != 0).GroupBy(record => record.Version!))
        {
            LeaseRecord first = same.First();
            bool isOlder = VersionReferences.Order(same.Key) < 0;
            findings.Add(Messages.OtherVersion(
                $"'{first.Label}' (pid {first.Holder.Pid}){(same.Count() > 1 ? $" and {same.Count() - 1} more" : "")} at the lock {name} {(same.Count() > 1 ? "are" : "is")} of",
                same.Key,
                isOlder,
                CommandTree.Version,
                isOlder ? "update what starts it" : "update this program"));
        }

        long own = composition.Processes.Self.PidNamespace;
        return new LockUse(
            name,
            tree.Leases.Count,
            tree.Queue.Count,
            [.. tree.Unreadable.Select(ticket => ticket.Id.Value)],
            records.Count(record => record.Holder.PidNamespace != own),
            [.. records.Select(record => record.User).Distinct().Order(StringComparer.Ordinal)],
            [.. records.Select(record => record.Version).OfType<string>().Distinct().Order(StringComparer.Ordinal)]);
    }
}
