using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>The hierarchies of this machine and where in them this process stands.</summary>
internal sealed class CgroupView
{
    private const string Proc = "/proc";

    private readonly List<CgroupMount> _hidden;
    private readonly CgroupMembership _own;

    private CgroupView(List<CgroupMount> mounts, List<CgroupMount> hidden, CgroupMembership own)
    {
        Mounts = mounts;
        _hidden = hidden;
        _own = own;
    }

    /// <summary>All mounts that can be reached: not those that something else was mounted over.</summary>
    public List<CgroupMount> Mounts { get; }

    /// <summary>Looks.</summary>
    /// <param name="proc">What stands for <c>/proc</c>.</param>
    public static CgroupView Read(string proc = Proc)
    {
        List<CgroupMount> mounts = CgroupMount.Parse(ProcFile.ReadText($"{proc}/self/mountinfo") ?? string.Empty);

        // Another's mounts are not asked for here.
        List<CgroupMount> hidden = proc == Proc ? mounts.FindAll(static mount => mount.IsHidden()) : [];
        _ = mounts.RemoveAll(hidden.Contains);
        return new CgroupView(mounts, hidden, CgroupMembership.Parse(ProcFile.ReadText($"{proc}/self/cgroup") ?? string.Empty));
    }

    /// <summary>The group this process stands in; <c>null</c> if there is none in that hierarchy.</summary>
    public string? OwnGroupIn(CgroupMount mount) => _own.GroupIn(mount);

    /// <summary>Whether this process stands in a group of such a name, or below one.</summary>
    public bool StandsIn(Func<string, bool> name) => _own.Contains(name);

    /// <summary>The directory of the group this process stands in; <c>null</c> if the mount does not show it.</summary>
    public string? OwnDirectoryIn(CgroupMount mount) => OwnGroupIn(mount) is { } group ? mount.DirectoryOf(group) : null;

    /// <summary>The directory in which groups of this program are made; <c>null</c> if the mount does not show it.</summary>
    public string? BaseDirectoryIn(CgroupMount mount) =>
        mount.Unified && OwnDirectoryIn(mount) is { } own ? CgroupV2Place.BaseOf(own) : OwnDirectoryIn(mount);

    /// <summary>The directory of the group this process stands in, under a version 1 controller or (<c>null</c>) under version 2.</summary>
    /// <param name="controller">The controller.</param>
    /// <param name="mounted">Whether the hierarchy is mounted at all.</param>
    public string? OwnDirectory(string? controller, out bool mounted)
    {
        bool IsIt(CgroupMount mount) => controller is null ? mount.Unified : mount.Has(controller);
        mounted = _hidden.Exists(IsIt);
        foreach (CgroupMount mount in Mounts)
        {
            if (!IsIt(mount))
            {
                continue;
            }

            mounted = true;
            if (OwnDirectoryIn(mount) is { } directory && Libc.Access(directory, 0) == 0)
            {
                return directory;
            }
        }

        return null;
    }
}
