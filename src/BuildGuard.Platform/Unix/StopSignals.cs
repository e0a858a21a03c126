using System.Runtime.InteropServices;

namespace BuildGuard.Platform.Unix;

/// <summary>
/// The signals by which people and terminals ask a program to end. While this lives they end nothing by themselves;
/// the program decides.
/// </summary>
public sealed partial class StopSignals : IDisposable
{
    private const int SIGHUP = 1;
    private const int SIGINT = 2;
    private const int SIGQUIT = 3;
    private const int SIGTERM = 15;
    private const int O_RDONLY = 0;
    private const int O_NOCTTY = 0x100;

    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Starts to listen.</summary>
    /// <param name="stop">Told the signal's number, and whether the terminal has told our children too.</param>
    public StopSignals(Action<int, bool> stop)
    {
        ArgumentNullException.ThrowIfNull(stop);
        PosixSignalRegistration Listen(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop(number, number is SIGINT or SIGQUIT && IsInForeground());
        });

        _registrations =
        [
            Listen(PosixSignal.SIGINT, SIGINT),
            Listen(PosixSignal.SIGTERM, SIGTERM),
            Listen(PosixSignal.SIGHUP, SIGHUP),
            Listen(PosixSignal.SIGQUIT, SIGQUIT),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    /// <summary>Ends this program now, without running anything further: exit_group(2).</summary>
    public static void ExitNow(int code) => Exit(code);

    /// <summary>_exit(2)</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);

    /// <summary>
    /// Whether our process group is the terminal's foreground group: then Ctrl+C reached the children too, which are in
    /// the same group.
    /// </summary>
    private static bool IsInForeground()
    {
        int terminal = UnixFileApi.Open("/dev/tty", O_RDONLY | O_NOCTTY | UnixFileApi.O_CLOEXEC, 0);
        if (terminal < 0)
        {
            return false;
        }

        int foreground = Tcgetpgrp(terminal);
        _ = UnixFileApi.Close(terminal);
        return foreground == Getpgrp();
    }

    /// <summary>tcgetpgrp(3)</summary>
    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    private static partial int Tcgetpgrp(int fd);

    /// <summary>getpgrp(2)</summary>
    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int Getpgrp();
}
