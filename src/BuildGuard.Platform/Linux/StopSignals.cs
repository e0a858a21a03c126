using System.Runtime.InteropServices;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// The signals by which people and terminals ask a program to end. While this lives they end nothing by themselves;
/// the program decides.
/// </summary>
public sealed partial class StopSignals : IDisposable
{
    /// <summary>What Ctrl+C sends: SIGINT.</summary>
    public const int Interrupt = 2;

    /// <summary>The polite request to end: SIGTERM.</summary>
    public const int Terminate = 15;

    private const int SIGHUP = 1;
    private const int SIGQUIT = 3;
    private const int O_NOCTTY = 0x100;

    private static SignalPipe? s_unattended;

    private readonly SignalPipe _pipe = new(Interrupt, Terminate, SIGHUP, SIGQUIT);
    private readonly Action<int, bool> _stop;
    private bool _attended;

    /// <summary>Starts to catch the signals. Nobody is told of them before <see cref="Attend"/> or <see cref="PassOnPending"/>.</summary>
    /// <param name="stop">Told the signal's number and whether the terminal has told our children too.</param>
    /// <exception cref="Diagnostics.GuardException">BG4004: this processor or this system does not let us do it.</exception>
    public StopSignals(Action<int, bool> stop)
    {
        ArgumentNullException.ThrowIfNull(stop);
        _stop = stop;
        s_unattended = _pipe;
    }

    /// <summary>What is readable when a signal has come that is to be passed on by <see cref="PassOnPending"/>; -1 while a thread listens.</summary>
    internal static int Descriptor => Volatile.Read(ref s_unattended)?.Descriptor ?? -1;

    /// <summary>
    /// From now on a thread passes signals on at once, also those that came before. Call it before anything that takes long and
    /// does not wake up for them.
    /// </summary>
    /// <exception cref="Diagnostics.GuardException">BG4004: there is no thread to be had.</exception>
    public void Attend()
    {
        if (_attended)
        {
            return;
        }

        s_unattended = null;
        BackgroundThread.Start("passes signals on", PassOn);
        _attended = true;
    }

    /// <summary>Passes on what has come while no thread listened. Returns when that is done, so never if it ends the program.</summary>
    public void PassOnPending()
    {
        while (!_attended && _pipe.IsPending && _pipe.Next() is > 0 and int signal)
        {
            PassOn(signal);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        s_unattended = null;
        _pipe.Dispose();
    }

    private void PassOn()
    {
        while (_pipe.Next() is > 0 and int signal)
        {
            PassOn(signal);
        }
    }

    private void PassOn(int signal) => _stop(signal, signal is Interrupt or SIGQUIT && IsInForeground());

    /// <summary>Whether there is a terminal that controls us.</summary>
    internal static bool HasTerminal
    {
        get
        {
            int terminal = OpenTerminal();
            return terminal >= 0 && UnixFileApi.Close(terminal) == 0;
        }
    }

    /// <summary>
    /// Whether our process group is the terminal's foreground group: then Ctrl+C reached the children too, which are in
    /// the same group.
    /// </summary>
    public static bool IsInForeground()
    {
        int terminal = OpenTerminal();
        if (terminal < 0)
        {
            return false;
        }

        int foreground = Tcgetpgrp(terminal);
        _ = UnixFileApi.Close(terminal);
        return foreground == Getpgrp();
    }

    private static int OpenTerminal() =>
        UnixFileApi.Open("/dev/tty", UnixFileApi.O_RDONLY | O_NOCTTY | UnixFileApi.O_CLOEXEC, 0);

    /// <summary>tcgetpgrp(3)</summary>
    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    private static partial int Tcgetpgrp(int fd);

    /// <summary>getpgrp(2)</summary>
    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int Getpgrp();
}
