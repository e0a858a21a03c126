using System.Buffers.Text;
using System.Text;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// The memory limits of the control groups that this process is in, from its own group up to the outermost that can be seen.
/// Both versions, because many machines mount both.
/// </summary>
internal sealed class MemoryCgroups
{
    private readonly List<Group> _groups = [];

    /// <summary>Finds the groups.</summary>
    /// <param name="proc">What stands for <c>/proc</c>.</param>
    /// <param name="root">What stands before the mount points.</param>
    public MemoryCgroups(string proc, string root)
    {
        string memberships = ReadText($"{proc}/self/cgroup");
        foreach (string line in ReadText($"{proc}/self/mountinfo").Split('\n'))
        {
            if (CgroupMount.TryParse(line, out CgroupMount mount) && mount.MembershipIn(memberships) is { } path)
            {
                AddGroups(root + mount.Point, mount.Relative(path), mount.IsV2);
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

    private void AddGroups(string point, string relative, bool v2)
    {
        for (string at = relative; ; at = at[..at.LastIndexOf('/')])
        {
            _groups.Add(new Group(point + at, v2));
            if (at.Length == 0)
            {
                return;
            }
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
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

            byte[] buffer = new byte[8192];
            ReadOnlySpan<byte> stat = SmallFile.Read(Directory + "/memory.stat", buffer);
            long cache = V2
                ? Stat(stat, "inactive_file "u8) + Stat(stat, "active_file "u8) + Stat(stat, "slab_reclaimable "u8)
                : Stat(stat, "total_inactive_file "u8) + Stat(stat, "total_active_file "u8);
            return Math.Max(0, used - cache);
        }

        private long? Number(string file)
        {
            Span<byte> buffer = stackalloc byte[32];
            return Utf8Parser.TryParse(SmallFile.Read(Directory + file, buffer), out long value, out _) ? value : null;
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
