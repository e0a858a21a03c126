namespace BuildGuard.Containment;

/// <summary>How strongly an operation is contained, best first. The choice is always reported.</summary>
public enum Rung
{
    /// <summary>Linux control groups, version 2, with the memory and pids controllers.</summary>
    CgroupV2,

    /// <summary>A transient scope that systemd made for us.</summary>
    SystemdScope,

    /// <summary>Linux control groups, version 1 (memory, pids, freezer), with version 2 membership beside it where mounted.</summary>
    CgroupV1,

    /// <summary>A Windows job object.</summary>
    JobObject,

    /// <summary>No help of the kernel's: child subreaper, sampling, kill sweeps.</summary>
    Bare,
}

/// <summary>Why a rung cannot be had here, and what would change that.</summary>
/// <param name="Rung">The rung.</param>
/// <param name="Reason">The specific reason.</param>
/// <param name="Remedy">The command or setting that would give it; empty if there is none.</param>
public sealed record RungRefusal(Rung Rung, string Reason, string Remedy);

/// <summary>The words of the reports for the rungs.</summary>
public static class RungNames
{
    /// <summary>The word that <c>status</c>, reports and the audit trail use.</summary>
    public static string ToName(this Rung rung) => rung switch
    {
        Rung.CgroupV2 => "cgroupV2",
        Rung.SystemdScope => "systemdScope",
        Rung.CgroupV1 => "cgroupV1",
        Rung.JobObject => "jobObject",
        _ => "bare",
    };
}
