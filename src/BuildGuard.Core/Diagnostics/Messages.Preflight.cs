using System.Globalization;
using BuildGuard.Preflight;
using BuildGuard.Settings;

namespace BuildGuard.Diagnostics;

public static partial class Messages
{
    /// <summary>BG2001: too little free memory.</summary>
    /// <param name="level">A message while waiting, a warning when going on regardless, an error when refused.</param>
    /// <param name="freeBytes">Memory that can be had without swapping, in bytes.</param>
    /// <param name="requiredBytes">What is required, in bytes.</param>
    /// <param name="usableBytes">What this machine or container may use at all, in bytes.</param>
    /// <param name="waitLimit">While waiting: how long at most; <c>null</c> for without end.</param>
    public static GuardMessage TooLittleFreeMemory(
        MessageLevel level, long freeBytes, long requiredBytes, long usableBytes, TimeSpan? waitLimit = null) => new(
        level,
        "BG2001",
        $"too little free memory: {Size.ToText(freeBytes)} free, {Size.ToText(requiredBytes)} required (BuildGuardMinFreeMemory). "
            + (requiredBytes > usableBytes
                ? $"This machine or container may use {Size.ToText(usableBytes)} at all: lower the setting"
                : Doing(level, "End something large, or lower the setting", waitLimit)));

    /// <summary>BG2002: the load is too high.</summary>
    /// <param name="level">As with <see cref="TooLittleFreeMemory"/>.</param>
    /// <param name="load">The one-minute load.</param>
    /// <param name="maxLoad">What is allowed.</param>
    /// <param name="waitLimit">While waiting: how long at most; <c>null</c> for without end.</param>
    public static GuardMessage LoadTooHigh(MessageLevel level, double load, double maxLoad, TimeSpan? waitLimit = null) => new(
        level,
        "BG2002",
        string.Create(CultureInfo.InvariantCulture, $"load too high: {load:0.00} over one minute, at most {PreflightReport.TextOf(maxLoad)} allowed (BuildGuardMaxLoad). ")
            + Doing(level, "Wait until it falls, or raise the setting", waitLimit));

    /// <summary>BG2003: the machine did not become fit in time.</summary>
    /// <param name="waited">How long it was waited.</param>
    /// <param name="reasons">What was wrong at the last look.</param>
    public static GuardMessage PreflightTimedOut(TimeSpan waited, IReadOnlyList<GuardMessage> reasons) => Error(
        "BG2003",
        $"the machine was not fit within {Duration.ToAge(waited)} (BuildGuardPreflight): {string.Join(" ", reasons.Select(r => $"{r.Code}: {r.Text}."))} Use wait to wait without end, or warn to go on regardless");

    private static string Doing(MessageLevel level, string refused, TimeSpan? waitLimit) => level switch
    {
        MessageLevel.Message => $"Waiting {(waitLimit is { } limit ? $"for at most {Duration.ToText(limit)} in all" : "without end")}, and keeping the turn; BUILDGUARD_PREFLIGHT=off, or the property BuildGuardPreflight, starts without this check",
        MessageLevel.Warning => "Going on regardless",
        _ => refused,
    };
}
