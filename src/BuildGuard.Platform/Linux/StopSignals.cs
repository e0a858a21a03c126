using System.Runtime.InteropServices;
using BuildGuard.Platform.Unix;

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

    private readonly SignalPipe _pipe = new(Interrupt, Terminate, SIGHUP, SIGQUIT);
    private readonly Action<int, bool> _stop;
    private readonly ManualResetEventSlim _passedOn = new();
    private bool _attended;

    /// <summary>Starts to catch the signals. Nobody is told of them before <see cref="Attend"/>.</summary>
    /// <param name="stop">Told, on a thread of its own, the signal's number and whether the terminal has told our children too.</param>
    /// <exception cref="Diagnostics.GuardException">BG4004: this processor or this system does not let us do it.</exception>
    public StopSignals(Action<int, bool> stop)
    {
        ArgumentNullException.ThrowIfNull(stop);
        _stop = stop;
    }

    /// <summary>From now on signals are passed on at once, also those that came before. Call it before anything that takes long.</summary>
    public void Attend()
    {
        if (_attended)
        {
            return;
        }

        _attended = true;
        new Thread(PassOn) { IsBackground = true, Name = nameof(StopSignals) }.Start();
    }

    /// <summary>
    /// Before a command is started: passes on a signal that came while nobody was told. Returns when that is done, so never if it
    /// ends the program.
    /// </summary>
    public void AttendToPending()
    {
        if (!_attended && _pipe.IsPending)
        {
            Attend();
            _passedOn.Wait();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pipe.Dispose();

    private void PassOn()
    {
        while (_pipe.Next() is > 0 and int signal)
        {
            _stop(signal, signal is Interrupt or SIGQUIT && IsInForeground());
            _passedOn.Set();
        }
    }

    /// <summary>
    /// Whether our process group is the terminal's foreground group: then Ctrl+C reached the children too, which are in
    /// the same group.
    /// </summary>
    public static bool IsInForeground()
    {
        int terminal = UnixFileApi.Open("/dev/tty", UnixFileApi.O_RDONLY | O_NOCTTY | UnixFileApi.O_CLOEXEC, 0);
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
