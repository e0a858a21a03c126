namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>The groups a process stands in, one for each hierarchy: <c>/proc/PID/cgroup</c> (<c>cgroups(7)</c>).</summary>
internal sealed class CgroupMembership
{
    private readonly List<(string Controllers, string Group)> _groups = [];

    /// <summary>Reads the groups of a process; empty if it is gone.</summary>
    public static CgroupMembership Of(int pid) => Parse(ProcFile.ReadText($"/proc/{pid}/cgroup") ?? string.Empty);

    /// <summary>Parses the file.</summary>
    public static CgroupMembership Parse(string text)
    {
        var membership = new CgroupMembership();
        Span<Range> parts = stackalloc Range[3];

        // At line feeds only: a group's name may hold any other end of a line.
        foreach (Range range in text.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> line = text.AsSpan(range);

            // number:controllers:path, and the path may hold colons.
            if (line.Split(parts, ':') == 3)
            {
                membership._groups.Add((line[parts[1]].ToString(), line[parts[2]].ToString()));
            }
        }

        return membership;
    }

    /// <summary>The group in the hierarchy of a mount; <c>null</c> if there is none.</summary>
    public string? GroupIn(CgroupMount mount)
    {
        foreach ((string controllers, string group) in _groups)
        {
            if (mount.Unified ? controllers.Length == 0 : controllers.Length > 0 && SameHierarchy(controllers, mount))
            {
                return group;
            }
        }

        return null;
    }

    /// <summary>Whether any of its groups, or an ancestor of one, has such a name.</summary>
    public bool Contains(Func<string, bool> name)
    {
        foreach ((_, string group) in _groups)
        {
            if (Array.Exists(group.Split('/'), part => name(part)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool SameHierarchy(string controllers, CgroupMount mount) => mount.Has(controllers.AsSpan(0, controllers.IndexOf(',') is var end and >= 0 ? end : controllers.Length));
}
