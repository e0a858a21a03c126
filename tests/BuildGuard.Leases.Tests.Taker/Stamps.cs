using System.Diagnostics;
using System.Globalization;
using System.Text;
using BuildGuard.Platform.Unix;
using Microsoft.Win32.SafeHandles;

namespace BuildGuard.Leases.Taker;

/// <summary>Notes when a turn came and when it was given back, by a clock that all processes share.</summary>
internal static class Stamps
{
    public static void Take(string log, Action release)
    {
        long came = Stopwatch.GetTimestamp();
        long back = Stopwatch.GetTimestamp();
        release();
        using SafeFileHandle file = Native.OpenToAppend(log);
        Native.Append(file, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{came} {back}\n")));
    }

    /// <summary>The same with one lock on one file for all.</summary>
    public static void TakeFlock(string path, string log)
    {
        using LockFile file = new UnixStateFiles().OpenOrCreate(path, shared: false);
        file.LockExclusive();
        Take(log, file.Unlock);
    }
}
