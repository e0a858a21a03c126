namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>
/// Empty groups of leases that nobody will ever end: their holder was killed, and its state directory is gone or is used
/// no more. They do no harm, but a machine must not collect them.
/// </summary>
internal static class AbandonedGroups
{
    /// <summary>
    /// A group is empty for a moment before its command is born in it; one that is empty and older than this, 10 minutes,
    /// has lost its holder.
    /// </summary>
    private static readonly TimeSpan s_age = TimeSpan.FromMinutes(10);

    /// <summary>Removes them where groups of this program are made. The kernel keeps those that hold a process.</summary>
    public static void Remove(CgroupView view)
    {
        foreach (CgroupMount mount in view.Mounts)
        {
            if (view.BaseDirectoryIn(mount) is { } directory)
            {
                RemoveIn(directory);
            }
        }
    }

    private static void RemoveIn(string directory)
    {
        foreach (string name in ProcDirectory.Subdirectories(directory))
        {
            if (!name.StartsWith(CgroupName.Prefix, StringComparison.Ordinal))
            {
                continue;
            }

            var group = new Cgroup($"{directory}/{name}");
            HashSet<int> inside = [];
            group.Processes(inside);
            if (inside.Count == 0 && DateTime.UtcNow - Directory.GetLastWriteTimeUtc(group.Path) > s_age)
            {
                _ = group.Remove();
            }
        }
    }
}
