using System.Globalization;
using BuildGuard.Containment;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Systemd;

/// <summary>
/// A scope that systemd would make for us. It is found when a rung is looked for, which changes nothing, and taken when an
/// operation is planned: then this program stands alone in a group that is its own, and the rest is as in any group of
/// version 2.
/// </summary>
/// <remarks>
/// It is the program that moves, not the command alone: a process may be born in a group only by who may write to the
/// groups above both, and above a login session and the scopes of its user that is root. Nothing but the group changes:
/// session, terminal and process group are what they were.
/// </remarks>
internal sealed class ScopeOffer
{
    private readonly SystemdManager _manager;
    private readonly ScopeTerms _terms;

    private ScopeOffer(SystemdManager manager, ScopeTerms terms) => (_manager, _terms) = (manager, terms);

    /// <summary>Whether systemd is the first process here: sd_booted(3).</summary>
    public static bool SystemdRuns => Libc.Access("/run/systemd/system", 0) == 0;

    /// <summary>Finds out whether there would be one.</summary>
    public static ScopeOffer? Find(CgroupView view, out RungRefusal? refusal)
    {
        refusal = Obstacle(view, out CgroupMount? mount, out string own);
        if (refusal is not null)
        {
            return null;
        }

        uint user = Libc.GetEUid();
        if (SystemdManager.Find(user, "/run", Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR")) is not { } manager)
        {
            refusal = user == 0
                ? Refuse("systemd runs here, but its socket /run/systemd/private is not to be seen", "make /run/systemd visible here")
                : Refuse(
                    $"no systemd manager runs for user {user.ToString(CultureInfo.InvariantCulture)}",
                    "log in in the ordinary way, or as root: loginctl enable-linger USER");
            return null;
        }

        try
        {
            string group = manager.ReadGroup();
            ScopeTerms terms = ScopeTerms.Of(own, group);
            if (terms.Service is { } service && !manager.StopEndsAll(service))
            {
                terms = terms with { Service = null };
            }

            refusal = Unfit(mount!, group, terms);
            return refusal is null ? new ScopeOffer(manager, terms.WithLimits(mount!, own)) : null;
        }
        catch (DBusException e)
        {
            refusal = Failed(manager, e);
            return null;
        }
    }

    /// <summary>Moves this process into a scope of its own; <c>null</c> if that fails.</summary>
    public CgroupV2Place? Take(string unit, string description, out RungRefusal? refusal)
    {
        refusal = null;
        try
        {
            _manager.StartScope(new ScopeRequest(unit, description, Libc.GetPid(), _terms));
        }
        catch (DBusException e)
        {
            refusal = Failed(_manager, e);
        }

        // Where we stand is what counts, whatever was said about it.
        var view = CgroupView.Read();
        if (!view.StandsIn(part => part == unit))
        {
            refusal ??= Refuse($"the manager behind {_manager.Socket} made the scope {unit}, and this process does not stand in it", string.Empty);
            return null;
        }

        CgroupV2Place? place = CgroupV2Place.Find(view, out refusal);
        refusal = refusal is null ? null : refusal with { Rung = Rung.SystemdScope };
        return place is null ? null : place with { Rung = Rung.SystemdScope };
    }

    /// <summary>What stands against it before anybody is asked.</summary>
    private static RungRefusal? Obstacle(CgroupView view, out CgroupMount? mount, out string own)
    {
        mount = view.Mounts.Find(static mount => mount.Unified);
        own = mount is null ? string.Empty : view.OwnGroupIn(mount) ?? string.Empty;
        if (!SystemdRuns)
        {
            bool container = Libc.Access("/run/.containerenv", 0) == 0 || Libc.Access("/.dockerenv", 0) == 0;
            return container
                ? Refuse("this container runs without systemd", "start the container with systemd as its first process (podman: --systemd=always), or give it writable groups")
                : Refuse("systemd does not run here", "boot with systemd, or get one of the other rungs");
        }

        if (own.Length == 0 || view.Mounts.Exists(static mount => mount.Has("memory") || mount.Has("pids")))
        {
            return Refuse("the memory and pids controllers are not in version 2", "boot with systemd.unified_cgroup_hierarchy=1");
        }

        return view.StandsIn(CgroupName.IsLeases)
            ? Refuse("this process stands in the group of another operation, whose limits a scope would leave", string.Empty)
            : null;
    }

    /// <summary>What stands against it once it is known where the manager makes its groups.</summary>
    private static RungRefusal? Unfit(CgroupMount mount, string group, ScopeTerms terms)
    {
        if (mount.DirectoryOf(group.Length == 0 ? "/" : group) is not { } directory)
        {
            return Refuse($"the mounted cgroup2 hierarchy does not show {group}, where the manager makes its groups", "give the container its own cgroup namespace");
        }

        foreach (string controller in CgroupV2Place.Needed)
        {
            if (!CgroupV2Place.Lists(new Cgroup(directory), "cgroup.controllers", controller))
            {
                return Refuse(
                    $"the {controller} controller is not delegated to the manager's group {directory}",
                    "as root: systemctl edit user@.service, add [Service] Delegate=memory pids, and log in anew");
            }
        }

        return terms.ForeignService is { } service
            ? Refuse(
                $"this process belongs to {service}, which another manager runs: a scope would leave its limits and outlive its stop",
                $"systemctl edit {service}, add [Service] Delegate=memory pids and DelegateSubgroup={CgroupName.Aside} (systemd 254)")
            : null;
    }

    private static RungRefusal Failed(SystemdManager manager, DBusException e) => Refuse(
        $"the systemd manager behind {manager.Socket}: {e.Message}",
        Libc.GetEUid() is 0
            ? "see what holds it: systemctl status"
            : $"see what holds it: systemctl --user status; as root: systemctl restart user@{Libc.GetEUid().ToString(CultureInfo.InvariantCulture)}.service");

    private static RungRefusal Refuse(string reason, string remedy) => new(Rung.SystemdScope, reason, remedy);
}
