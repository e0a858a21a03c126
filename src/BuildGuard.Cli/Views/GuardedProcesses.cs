using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Views;

/// <summary>Who holds a lease or waits for one. Nothing marks the processes of a build, for the guard has not started them.</summary>
/// <param name="Roots">Helpers, and the builds on whose behalf they hold or wait. What they run descends from them.</param>
/// <param name="LockedFiles">The files of the guard's that processes keep locked.</param>
internal sealed record GuardedProcesses(HashSet<int> Roots, IReadOnlyList<string> LockedFiles)
{
    /// <summary>
    /// Those that are alive: of whom tickets tell, and who keeps a lock, for a ticket may be damaged or gone, and a holder dead
    /// whose build goes on.
    /// </summary>
    public static GuardedProcesses Find(IEnumerable<LeaseRecord> records, Composition composition)
    {
        IProcessTable processes = composition.Processes;
        HashSet<int> roots = [];
        foreach (LeaseRecord record in records)
        {
            if (processes.IsAlive(record.Holder) == true)
            {
                roots.Add(record.Holder.Pid);
            }

            if (record.Owner is { } owner && processes.IsAlive(owner) == true)
            {
                roots.Add(BuildOf(owner.Pid, processes));
            }
        }

        (int Pid, string Path)[] holders = [.. composition.Layout.Holders(composition.StateFiles)];
        foreach ((int pid, string path) in holders)
        {
            if (StateLayout.IsOwner(path))
            {
                roots.Add(BuildOf(pid, processes));
            }
            else if (roots.Add(pid) && processes.ParentOf(pid) is var parent && processes.Describe(parent) is { Name: "dotnet" })
            {
                // A build that waits keeps no lock itself, and no ticket says which it is.
                roots.Add(BuildOf(parent, processes));
            }
        }

        return new GuardedProcesses(roots, [.. holders.Select(holder => holder.Path)]);
    }

    /// <summary>A session may be held by any node of a build; the other nodes descend from the one that was started first.</summary>
    private static int BuildOf(int node, IProcessTable processes)
    {
        while (processes.Describe(node) is { Name: "dotnet" } row && processes.Describe(row.ParentPid) is { Name: "dotnet" })
        {
            node = row.ParentPid;
        }

        return node;
    }
}
