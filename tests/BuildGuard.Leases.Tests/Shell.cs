using System.Diagnostics;

namespace BuildGuard.Leases.Tests;

/// <summary>Programs of the system that tests need.</summary>
internal static class Shell
{
    public static void Run(string program, params string[] arguments) =>
        Assert.IsTrue(TryRun(program, arguments), $"{program} {string.Join(' ', arguments)}");

    public static bool TryRun(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
