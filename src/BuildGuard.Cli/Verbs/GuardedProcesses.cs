using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Verbs;

/// <summary>Who holds a lease or waits for one. Nothing marks the processes of a build, for the guard has not started them.</summary>
internal static class GuardedProcesses
{
    /// <summary>Those that are alive: helpers, and the builds on whose behalf they hold or wait. What they run descends from them.</summary>
    public static HashSet<int> Roots(IEnumerable<LeaseRecord> records, IProcessTable processes)
    {
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

        return roots;
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
