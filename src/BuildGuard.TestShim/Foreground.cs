using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using BuildGuard.Tasks.Projects;

namespace BuildGuard.TestShim;

/// <summary>Runs a program in this one's place: its input and output, its signals, its exit code.</summary>
internal static class Foreground
{
    /// <summary>The exit code of the program.</summary>
    /// <param name="fileName">The program.</param>
    /// <param name="lease">The lease it stands in, where the environment does not say it.</param>
    /// <param name="arguments">Its arguments.</param>
    public static int Run(string fileName, string? lease, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(fileName) { UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        TestRunVariable.RemoveFrom(start.Environment);
        if (!string.IsNullOrEmpty(lease))
        {
            start.Environment["BUILDGUARD_LEASE"] = lease;
        }

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
            Say.HelperCannotStart(fileName, problem.Message);
            return 125;
        }
    }

    /// <summary>kill(2).</summary>
    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Terminate(int process, int signal);
}
