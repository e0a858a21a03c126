using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>
/// The version 1 freezer. A process frozen there does not act upon SIGKILL until it is thawed, whoever froze it.
/// (Version 2 lets a frozen process die.)
/// </summary>
internal static class Freezer
{
    private static readonly Lazy<string?> s_ownGroup = new(static () =>
        CgroupView.Read().OwnDirectory("freezer", out _));

    /// <summary>
    /// Thaws one process by moving it to the group we stand in, which is not frozen, since we run. Thawing its group
    /// instead could wake strangers.
    /// </summary>
    public static void Thaw(int pid)
    {
        if (s_ownGroup.Value is { } group)
        {
            _ = ProcFile.Write(group + "/cgroup.procs", pid.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
