using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BuildGuard.Platform.Tests.Taker;

/// <summary>Takes over the orphans of what it starts, and never collects one, as a careless supervisor would.</summary>
internal static partial class Middleman
{
    private const int SetChildSubreaper = 36;

    public static int Run(string[] command)
    {
        _ = PrCtl(SetChildSubreaper, 1, 0, 0, 0);
        using Process? process = Process.Start(command[0], command.AsSpan(1).ToArray());
        process!.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>prctl(2).</summary>
    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int PrCtl(int option, nint a, nint b, nint c, nint d);
}
