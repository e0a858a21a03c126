using BuildGuard.Containment;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Linux.Systemd;

namespace BuildGuard.Platform.Linux;

/// <summary>Looks for the best rung that can be had here, and says of each better one why not.</summary>
internal sealed class Ladder
{
    private readonly List<RungRefusal> _refusals = [];
    private readonly CgroupView _view;
    private ScopeOffer? _offer;

    private Ladder(CgroupView view) => _view = view;

    /// <summary>The rung.</summary>
    public Rung Rung { get; private set; } = Rung.Bare;

    /// <summary>The better ones, refused.</summary>
    public IReadOnlyList<RungRefusal> Refusals => _refusals;

    /// <summary>The group that version 2 groups are made in; <c>null</c> on other rungs, and in a scope before <see cref="Enter"/>.</summary>
    public CgroupV2Place? V2 { get; private set; }

    /// <summary>The groups that version 1 groups are made in; <c>null</c> on other rungs.</summary>
    public CgroupV1Place? V1 { get; private set; }

    /// <summary>Whether the rung can be had without this process changing its group.</summary>
    public bool IsEntered => _offer is null;

    /// <summary>Climbs down from the best rung, or from the one that was asked for.</summary>
    public static Ladder Descend(Rung from, CgroupView view)
    {
        var ladder = new Ladder(view);
        _ = (from <= Rung.CgroupV2 && ladder.TryV2())
            || (from <= Rung.SystemdScope && ladder.TryScope())
            || (from <= Rung.CgroupV1 && ladder.TryV1());
        return ladder;
    }

    /// <summary>
    /// Takes the scope that was found, if that is the rung; if it cannot be had any more, climbs further down.
    /// </summary>
    /// <param name="unit">What the scope is called.</param>
    /// <param name="description">What it is.</param>
    /// <returns>Whether it was tried: this process may stand in another group than before, and the rung may be another.</returns>
    public bool Enter(string unit, string description)
    {
        if (_offer is not { } offer)
        {
            return false;
        }

        _offer = null;
        V2 = offer.Take(unit, description, out RungRefusal? refusal);
        if (V2 is null)
        {
            _refusals.Add(refusal!);
            Rung = Rung.Bare;
            _ = TryV1();
        }

        return true;
    }

    private bool TryV2()
    {
        V2 = CgroupV2Place.Find(_view, out RungRefusal? refusal);
        if (V2 is null)
        {
            _refusals.Add(refusal!);
            return false;
        }

        Rung = V2.Rung;
        return true;
    }

    private bool TryScope()
    {
        // Who was told to take a scope and stands in one of ours has it: a second one would leave the first one's limits.
        if (_view.StandsIn(CgroupName.IsScope) && CgroupV2Place.Find(_view, out _) is { } place)
        {
            V2 = place with { Rung = Rung.SystemdScope };
            Rung = Rung.SystemdScope;
            return true;
        }

        _offer = ScopeOffer.Find(_view, out RungRefusal? refusal);
        if (_offer is null)
        {
            _refusals.Add(refusal!);
            return false;
        }

        Rung = Rung.SystemdScope;
        return true;
    }

    private bool TryV1()
    {
        ReadOnlySpan<string> controllers = ["memory", "pids"];
        var groups = new Cgroup[controllers.Length];
        for (int i = 0; i < controllers.Length; i++)
        {
            string controller = controllers[i];
            string? directory = _view.OwnDirectory(controller, out bool mounted);
            if (directory is null)
            {
                return RefuseV1(
                    mounted
                        ? $"the mounted {controller} hierarchy does not show the group that this process stands in"
                        : $"the {controller} controller is not mounted as version 1",
                    mounted ? "mount the hierarchy's root, or give the container its own cgroup namespace" : string.Empty);
            }

            if (Libc.Access(directory, Libc.W_OK) != 0 || Libc.Access(directory + "/tasks", Libc.W_OK) != 0)
            {
                return RefuseV1(WhyNotWritable(directory, Libc.LastError), RemedyForWriting(Libc.LastError, Rung.CgroupV1));
            }

            groups[i] = new Cgroup(directory);
        }

        string? unified = _view.OwnDirectory(null, out _);
        bool besides = unified is not null
            && Libc.Access(unified, Libc.W_OK) == 0
            && Libc.Access(unified + "/cgroup.procs", Libc.W_OK) == 0;
        V1 = new CgroupV1Place(groups[0], groups[1], besides ? new Cgroup(unified!) : null);
        Rung = Rung.CgroupV1;
        return true;
    }

    private bool RefuseV1(string reason, string remedy)
    {
        _refusals.Add(new RungRefusal(Rung.CgroupV1, reason, remedy));
        return false;
    }

    /// <summary>Why a group cannot be written, in words.</summary>
    internal static string WhyNotWritable(string directory, int error) => error switch
    {
        Errno.EROFS => $"{directory} is mounted read-only",
        Errno.EACCES or Errno.EPERM => $"{directory} belongs to another user and is not delegated to this one",
        _ => $"{directory} cannot be written ({Errno.Describe(error)})",
    };

    /// <summary>What would make it writable. Of the hierarchies of version 1 systemd delegates none to a user.</summary>
    internal static string RemedyForWriting(int error, Rung rung) => error switch
    {
        Errno.EROFS => "start the container with a writable cgroup mount (podman: --security-opt unmask=/sys/fs/cgroup; docker: --privileged or --security-opt writable-cgroups=true)",
        Errno.EACCES or Errno.EPERM when rung != Rung.CgroupV1 && ScopeOffer.SystemdRuns =>
            "run as root, or delegate a group: systemd-run --user --scope -p Delegate=yes -- COMMAND",
        Errno.EACCES or Errno.EPERM =>
            $"run as root, or have root make a group of this user's {(rung == Rung.CgroupV1 ? "in both the memory and the pids hierarchy" : "here")} (mkdir, chown -R) and start the work in it",
        _ => string.Empty,
    };
}
