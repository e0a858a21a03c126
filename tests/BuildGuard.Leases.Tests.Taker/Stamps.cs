using System.Diagnostics;
using System.Globalization;
using System.Text;
using BuildGuard.Platform.Unix;
using Microsoft.Win32.SafeHandles;

namespace BuildGuard.Leases.Taker;

/// <summary>Notes when a turn came and when it was given back, by a clock that all processes share.</summary>
internal static class Stamps
{
    /// <summary>
    /// The hand-offs of a thousand waiters are over by then. Writing, and the end of a process, cost more than a
    /// hand-off, and would be in the way of those that are measured.
    /// </summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    public static void Take(string log, Action release)
    {
        long came = Stopwatch.GetTimestamp();
        long back = Stopwatch.GetTimestamp();
        release();
        Thread.Sleep(s_pause);
        using SafeFileHandle file = Native.OpenToAppend(log);
        Native.Append(file, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{came} {back}\n")));
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>The same with one lock on one file for all.</summary>
    public static void TakeFlock(string path, string log)
    {
        using LockFile file = new UnixStateFiles().OpenOrCreate(path, shared: false)!;
        file.LockExclusive();
        Take(log, file.Unlock);
    }
}
