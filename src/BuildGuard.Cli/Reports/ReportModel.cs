using BuildGuard.Cli.Views;
using BuildGuard.Leases;
using BuildGuard.Reporting;

namespace BuildGuard.Cli.Reports;

/// <summary>What the page shows.</summary>
/// <param name="History">What the trail tells.</param>
/// <param name="Damaged">Lines of the trail that could not be understood.</param>
/// <param name="StateDirectory">Where the trail lies.</param>
/// <param name="Since">How far back it was asked for; <c>null</c> for all there is.</param>
/// <param name="Now">When the page was made.</param>
/// <param name="Zone">The time zone of its times.</param>
/// <param name="MemoryLimitBytes">The limit for one operation that holds here now, in bytes; <c>null</c> for none.</param>
/// <param name="MachineMemoryBytes">Memory that this machine or container may use, in bytes; 0 if unknown.</param>
/// <param name="Holding">Who holds a lease now.</param>
/// <param name="Queue">Who waits now.</param>
internal sealed record ReportModel(
    TrailHistory History,
    long Damaged,
    string StateDirectory,
    TimeSpan? Since,
    DateTimeOffset Now,
    TimeZoneInfo Zone,
    long? MemoryLimitBytes,
    long MachineMemoryBytes,
    IReadOnlyList<LeaseUse> Holding,
    IReadOnlyList<TicketView> Queue)
{
    /// <summary>How many rows a table of the longest, largest or latest has.</summary>
    public const int Rows = 15;

    /// <summary>Leases that ran, the longest first.</summary>
    public IEnumerable<LeaseHistory> Slowest => History.Leases.Where(l => l.HasRun).OrderByDescending(l => l.Ran).Take(Rows);

    /// <summary>Leases whose memory is known, the largest peak first.</summary>
    public IEnumerable<LeaseHistory> Hungriest => History.Leases.Where(l => l.PeakMemoryBytes > 0).OrderByDescending(l => l.PeakMemoryBytes).Take(Rows);

    /// <summary>Leases that waited at least a second, the longest wait first.</summary>
    public IEnumerable<LeaseHistory> LongestWaits => History.Leases.Where(l => l.Waited >= TimeSpan.FromSeconds(1)).OrderByDescending(l => l.Waited).Take(Rows);

    /// <summary>A time as the page writes it.</summary>
    public string TimeOf(DateTimeOffset time) => LocalOf(time).ToString("yyyy-MM-dd HH:mm:ss");

    /// <summary>A time without its day where that goes without saying.</summary>
    public string ShortTimeOf(DateTimeOffset time) =>
        LocalOf(time) is var local && local.Date == LocalOf(Now).Date ? local.ToString("HH:mm:ss") : local.ToString("MM-dd HH:mm");

    private DateTimeOffset LocalOf(DateTimeOffset time) =>
        time.Year is 1 or 9999 ? time : TimeZoneInfo.ConvertTime(time, Zone);
}
