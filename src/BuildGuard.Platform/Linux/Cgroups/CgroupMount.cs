using System.Globalization;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>One mounted control group hierarchy.</summary>
/// <param name="Unified">Whether it is version 2.</param>
/// <param name="Controllers">Version 1: the controllers, as in <c>cpu,cpuacct</c>; version 2: empty.</param>
/// <param name="Root">The group that is mounted, seen from the namespace's root.</param>
/// <param name="Path">Where.</param>
internal sealed record CgroupMount(bool Unified, string Controllers, string Root, string Path)
{
    /// <summary>The kernel's number of the mount.</summary>
    public ulong Id { get; init; }

    /// <summary>The mounted hierarchies, from <c>proc_pid_mountinfo(5)</c>.</summary>
    public static List<CgroupMount> Parse(string mountInfo)
    {
        List<CgroupMount> mounts = [];
        Span<Range> left = stackalloc Range[7];
        Span<Range> right = stackalloc Range[4];

        // At line feeds only: the kernel leaves carriage returns and other ends of lines in names, where anybody may put them.
        foreach (Range range in mountInfo.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> line = mountInfo.AsSpan(range);

            // id parent major:minor root path options [optional…] - type source superoptions
            int separator = line.IndexOf(" - cgroup", StringComparison.Ordinal);
            if (separator < 0)
            {
                continue;
            }

            ReadOnlySpan<char> place = line[..separator];
            ReadOnlySpan<char> kind = line[(separator + 3)..];
            if (place.Split(left, ' ') < 6 || kind.Split(right, ' ') < 3)
            {
                continue;
            }

            bool unified = kind[right[0]] is "cgroup2";
            string controllers = unified ? string.Empty : kind[right[2]].ToString();
            mounts.Add(new CgroupMount(unified, controllers, Unescape(place[left[3]].ToString()), Unescape(place[left[4]].ToString()))
            {
                Id = ulong.TryParse(place[left[0]], NumberStyles.None, CultureInfo.InvariantCulture, out ulong id) ? id : 0,
            });
        }

        return mounts;
    }

    /// <summary>
    /// Whether something else was mounted over it, or over a directory above: then its path leads there. The kernel is asked,
    /// for the order of the lines says nothing: a mount may have been moved below a younger one.
    /// </summary>
    /// <remarks>Linux before 5.8 does not tell the number; then it counts as visible.</remarks>
    public bool IsHidden() =>
        UnixFileApi.Statx(UnixFileApi.AT_FDCWD, Path, 0, UnixFileApi.STATX_MNT_ID, out UnixFileApi.FileStatus status) != 0
        || ((status.Mask & UnixFileApi.STATX_MNT_ID) != 0 && status.Mount != Id);

    /// <summary>Whether this is the version 1 hierarchy of a controller.</summary>
    public bool Has(ReadOnlySpan<char> controller)
    {
        if (Unified)
        {
            return false;
        }

        foreach (Range one in Controllers.AsSpan().Split(','))
        {
            if (controller.SequenceEqual(Controllers.AsSpan(one)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The directory of a group of this hierarchy; <c>null</c> if the mount does not show it.</summary>
    public string? DirectoryOf(string group)
    {
        if (Root == "/" || Root.Length == 0)
        {
            return group == "/" ? Path : Path + group;
        }

        // A bind mount of one group, as container engines make it.
        if (group == Root)
        {
            return Path;
        }

        return group.StartsWith(Root + "/", StringComparison.Ordinal) ? Path + group[Root.Length..] : null;
    }

    // mountinfo writes space, tab, newline and backslash as \ooo.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new System.Text.StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                result.Append((char)(((text[i + 1] - '0') * 64) + ((text[i + 2] - '0') * 8) + (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}
