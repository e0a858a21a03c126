using BuildGuard.Containment;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>Where version 2 groups are made.</summary>
/// <param name="Base">The group that gets the lease's groups as children, with the memory and pids controllers.</param>
/// <param name="Rung">How it was come by: it was there, or systemd made it.</param>
internal sealed record CgroupV2Place(Cgroup Base, Rung Rung = Rung.CgroupV2)
{
    /// <summary>The controllers that limits take.</summary>
    public static ReadOnlySpan<string> Needed => new[] { "memory", "pids" };

    /// <summary>
    /// Finds it: the group that this program stands in, or, if that is the leaf of another lease's group, the group
    /// above, so that nested operations stand beside the leaf under the outer limits.
    /// </summary>
    public static CgroupV2Place? Find(CgroupView view, out RungRefusal? refusal)
    {
        string? directory = view.OwnDirectory(null, out bool mounted);
        if (directory is null)
        {
            refusal = Refuse(
                mounted
                    ? "the mounted cgroup2 hierarchy does not show the group that this process stands in"
                    : "cgroup version 2 is not mounted",
                mounted ? "give the container its own cgroup namespace" : "boot with systemd.unified_cgroup_hierarchy=1, or mount -t cgroup2");
            return null;
        }

        directory = BaseOf(directory);
        var group = new Cgroup(directory);
        foreach (string controller in Needed)
        {
            if (!Lists(group, "cgroup.controllers", controller))
            {
                refusal = Refuse(
                    $"the {controller} controller is not available in {directory}",
                    "boot without version 1 controllers (systemd.unified_cgroup_hierarchy=1), and delegate memory and pids (Delegate=memory pids)");
                return null;
            }
        }

        foreach (string file in (ReadOnlySpan<string>)["", "/cgroup.procs", "/cgroup.subtree_control"])
        {
            if (Libc.Access(directory + file, Libc.W_OK) != 0)
            {
                refusal = Refuse(Ladder.WhyNotWritable(directory, Libc.LastError), Ladder.RemedyForWriting(Libc.LastError, Rung.CgroupV2));
                return null;
            }
        }

        if (!group.HasControllers() && group.IsInnerNode() && !group.HoldsOnlyThisProcess())
        {
            refusal = Refuse(
                $"{directory} holds other processes, and a group that holds processes cannot hand controllers on to groups below it (EBUSY)",
                "start the work alone in a delegated group: systemd-run --user --scope -p Delegate=yes -- COMMAND; in a container, move the processes to a group of their own first");
            return null;
        }

        refusal = null;
        return new CgroupV2Place(group);
    }

    /// <summary>The group whose children the lease's groups are, for a process that stands in <paramref name="directory"/>.</summary>
    public static string BaseOf(string directory)
    {
        string above = Path.GetDirectoryName(directory) ?? directory;
        bool leaf = Path.GetFileName(directory) == CgroupName.Leaf
            && Path.GetFileName(above).StartsWith(CgroupName.Prefix, StringComparison.Ordinal);
        return leaf || Path.GetFileName(directory) == CgroupName.Aside ? above : directory;
    }

    /// <summary>Sees to it that groups below the base get the controllers; 0 or the error number.</summary>
    public int HandOnControllers()
    {
        if (Base.HasControllers())
        {
            return 0;
        }

        int error = Base.Write("cgroup.subtree_control", "+memory +pids");
        if (error != Errno.EBUSY)
        {
            return error;
        }

        // We are the process that is in the way: step aside into a leaf.
        var aside = new Cgroup($"{Base.Path}/{CgroupName.Aside}");
        error = aside.Create();
        if (error == 0)
        {
            error = aside.Write("cgroup.procs", "0");
        }

        return error != 0 ? error : Base.Write("cgroup.subtree_control", "+memory +pids");
    }

    internal static bool Lists(Cgroup group, string file, string controller)
    {
        Span<byte> buffer = stackalloc byte[512];
        int length = ProcFile.Read($"{group.Path}/{file}", buffer);
        return length > 0
            && Array.IndexOf(System.Text.Encoding.ASCII.GetString(buffer[..length]).TrimEnd().Split(' '), controller) >= 0;
    }

    private static RungRefusal Refuse(string reason, string remedy) => new(Rung.CgroupV2, reason, remedy);
}

/// <summary>What version 2 says about a group as a parent.</summary>
internal static class CgroupV2Parent
{
    extension(Cgroup group)
    {
        /// <summary>Whether groups below it get memory and pids already.</summary>
        public bool HasControllers() =>
            CgroupV2Place.Lists(group, "cgroup.subtree_control", "memory") && CgroupV2Place.Lists(group, "cgroup.subtree_control", "pids");

        /// <summary>Whether the rule holds that processes stand in leaves only; the root is free of it and has no type.</summary>
        public bool IsInnerNode() => Libc.Access(group.Path + "/cgroup.type", 0) == 0;

        /// <summary>Whether no process but this one stands in it.</summary>
        public bool HoldsOnlyThisProcess()
        {
            HashSet<int> own = [];
            group.OwnProcesses(own);
            own.Remove(Libc.GetPid());
            return own.Count == 0;
        }
    }
}
