using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using BuildGuard.Tasks.Projects;

namespace BuildGuard.TestShim;

/// <summary>Runs a program in this one's place: its input and output, its signals, its exit code.</summary>
internal static class Foreground
{
    /// <summary>The exit code of the program.</summary>
    public static int Run(string fileName, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(fileName) { UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove(GuardedProject.Variable);

        // An interrupt reaches the program too, through the terminal; it decides what to do about it, and we wait for that.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => context.Cancel = true);
        try
        {
            using var process = Process.Start(start)!;
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                _ = Terminate(process.Id, 15);
            });
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception problem)
        {
            Console.Error.WriteLine($"BuildGuard: error BG0001: The helper '{fileName}' cannot be started: {problem.Message}. Nothing was run unguarded. Restore the packages again, or set BuildGuardHelperPath to a helper that works. [https://github.com/buildguard/buildguard/blob/main/docs/messages.md#bg0001]");
            return 125;
        }
    }

    /// <summary>kill(2).</summary>
    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Terminate(int process, int signal);
}
