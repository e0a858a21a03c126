using BuildGuard.Reporting;

namespace BuildGuard.Cli.Reports;

/// <summary>The words and colours of what became of a lease.</summary>
internal static class Fates
{
    /// <summary>The class of the style sheet.</summary>
    public static string ClassOf(LeaseFate fate) => fate switch
    {
        LeaseFate.Waiting => "wait",
        LeaseFate.Running or LeaseFate.Succeeded => "ok",
        LeaseFate.Failed => "bad",
        LeaseFate.Ended or LeaseFate.Died => "ended",
        _ => "other",
    };

    /// <summary>The word for people and for programs.</summary>
    public static string WordOf(LeaseFate fate) => fate switch
    {
        LeaseFate.Waiting => "waiting",
        LeaseFate.Running => "running",
        LeaseFate.Succeeded => "succeeded",
        LeaseFate.Failed => "failed",
        LeaseFate.Ended => "ended",
        LeaseFate.Refused => "refused",
        LeaseFate.Cancelled => "cancelled",
        LeaseFate.Died => "died",
        _ => "unknown",
    };

    /// <summary>What the page says.</summary>
    public static string TextOf(LeaseHistory lease) => lease.Fate switch
    {
        LeaseFate.Failed => $"failed{(lease.ExitCode is { } code ? $", exit {code}" : "")}",
        LeaseFate.Ended => $"ended by the guard{(lease.ExitCode is { } code ? $", exit {code}" : "")}",
        LeaseFate.Died => "holder died",
        LeaseFate.Unknown => "end not recorded",
        _ => WordOf(lease.Fate),
    };
}
