namespace BuildGuard.Platform.Linux;

/// <summary>Where the memory controller's hierarchy is mounted (proc_pid_mountinfo(5), proc_pid_cgroup(5)).</summary>
/// <param name="Root">The group that the mount point shows; not <c>/</c> in a container without a cgroup namespace.</param>
/// <param name="Point">The mount point.</param>
/// <param name="IsV2">Which version.</param>
internal readonly record struct CgroupMount(string Root, string Point, bool IsV2)
{
    /// <summary>Reads a line of mountinfo; <c>false</c> for whatever is not the memory controller.</summary>
    public static bool TryParse(string line, out CgroupMount mount)
    {
        mount = default;
        int dash = line.IndexOf(" - cgroup", StringComparison.Ordinal);
        if (dash < 0)
        {
            return false;
        }

        string[] before = line[..dash].Split(' ');
        string[] after = line[(dash + 3)..].Split(' ');
        bool v2 = after[0] == "cgroup2";
        if (before.Length < 5 || after.Length < 3 || !(v2 || (after[0] == "cgroup" && after[2].Split(',').Contains("memory"))))
        {
            return false;
        }

        mount = new CgroupMount(Unescape(before[3]), Unescape(before[4]), v2);
        return true;
    }

    /// <summary>Our group in this hierarchy, as <c>/proc/self/cgroup</c> says; <c>null</c> if it does not.</summary>
    public string? MembershipIn(string memberships)
    {
        foreach (string line in memberships.Split('\n'))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length == 3 && (IsV2 ? parts[1].Length == 0 && parts[0] == "0" : parts[1].Split(',').Contains("memory")))
            {
                return parts[2];
            }
        }

        return null;
    }

    /// <summary>The path below the mount point; empty if the group lies outside of what is mounted here.</summary>
    public string Relative(string group)
    {
        string root = Root == "/" ? "" : Root;
        bool inside = group.StartsWith(root, StringComparison.Ordinal)
            && (group.Length == root.Length || group[root.Length] == '/')
            && !group.Contains("/..", StringComparison.Ordinal);
        return inside ? group[root.Length..].TrimEnd('/') : "";
    }

    private static string Unescape(string path) =>
        path.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
