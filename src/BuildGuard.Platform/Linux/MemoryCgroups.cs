using System.Buffers.Text;
using BuildGuard.Platform.Linux.Cgroups;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// The memory limits of the control groups that this process is in, from its own group up to the outermost that can be seen.
/// Both versions, because many machines mount both.
/// </summary>
internal sealed class MemoryCgroups
{
    private readonly List<Group> _groups = [];

    /// <summary>Finds the groups.</summary>
    /// <param name="view">The hierarchies.</param>
    /// <param name="root">What stands before the mount points.</param>
    public MemoryCgroups(CgroupView view, string root)
    {
        foreach (CgroupMount mount in view.Mounts)
        {
            if ((mount.Unified || mount.Has("memory")) && view.OwnGroupIn(mount) is { } group)
            {
                AddGroups(root, mount, group);
            }
        }
    }

    /// <summary>The smallest limit, in bytes; <c>null</c> if there is none.</summary>
    public long? Limit() => Smallest(static group => group.Limit());

    /// <summary>What the limits leave, in bytes: page cache counts as free, as in the kernel's own MemAvailable.</summary>
    public long? Free() => Smallest(static group => group.Limit() is { } limit && group.Used() is { } used ? Math.Max(0, limit - used) : null);

    private long? Smallest(Func<Group, long?> value)
    {
        long? smallest = null;
        foreach (Group group in _groups)
        {
            if (value(group) is { } one && !(smallest <= one))
            {
                smallest = one;
            }
        }

        return smallest;
    }

    /// <summary>
    /// From our own group up to the mount point. A container without a cgroup namespace may be told a group that the mount does
    /// not show; then the mount point is its own.
    /// </summary>
    private void AddGroups(string root, CgroupMount mount, string group)
    {
        string top = root + mount.Path;
        string at = root + (mount.DirectoryOf(group) ?? mount.Path);
        at = at.Contains("/..", StringComparison.Ordinal) ? top : at.TrimEnd('/');
        while (at.Length > top.Length)
        {
            _groups.Add(new Group(at, mount.Unified));
            at = at[..at.LastIndexOf('/')];
        }

        _groups.Add(new Group(top, mount.Unified));
    }

    private readonly record struct Group(string Directory, bool V2)
    {
        /// <summary>Version 1 says "no limit" with a number near 2^63, version 2 with a word.</summary>
        private const long Unlimited = 1L << 60;

        public long? Limit() =>
            Number(V2 ? "/memory.max" : "/memory.limit_in_bytes") is { } limit && limit < Unlimited ? limit : null;

        public long? Used()
        {
            if (Number(V2 ? "/memory.current" : "/memory.usage_in_bytes") is not { } used)
            {
                return null;
            }

            Span<byte> buffer = stackalloc byte[8192];
            ReadOnlySpan<byte> stat = buffer[..Math.Max(0, ProcFile.Read(Directory + "/memory.stat", buffer))];
            long cache = V2
                ? Stat(stat, "inactive_file "u8) + Stat(stat, "active_file "u8) + Stat(stat, "slab_reclaimable "u8)
                : Stat(stat, "total_inactive_file "u8) + Stat(stat, "total_active_file "u8);
            return Math.Max(0, used - cache);
        }

        private long? Number(string file)
        {
            Span<byte> buffer = stackalloc byte[32];
            int length = ProcFile.Read(Directory + file, buffer);
            return length > 0 && Utf8Parser.TryParse(buffer[..length], out long value, out _) ? value : null;
        }

        private static long Stat(ReadOnlySpan<byte> stat, ReadOnlySpan<byte> name)
        {
            // At the beginning of a line: "active_file " is also the end of "inactive_file ".
            while (stat.IndexOf(name) is var at and >= 0)
            {
                bool first = at == 0 || stat[at - 1] == (byte)'\n';
                stat = stat[(at + name.Length)..];
                if (first)
                {
                    return Utf8Parser.TryParse(stat, out long value, out _) && value > 0 ? value : 0;
                }
            }

            return 0;
        }
    }
}
