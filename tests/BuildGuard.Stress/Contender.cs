using System.Diagnostics;
using System.Globalization;
using BuildGuard.Leases.Taker;
using Microsoft.Win32.SafeHandles;

namespace BuildGuard.Stress;

/// <summary>
/// One process that takes the lease again and again, or ends those of the killed, until it is ended; then another one takes
/// its place.
/// </summary>
internal sealed class Contender : IDisposable
{
    private readonly Arena _arena;
    private readonly int? _slots;
    private Process _process;
    private SafeFileHandle? _handle;
    private long _continueAt;

    /// <param name="arena">Where it takes part.</param>
    /// <param name="slots">What it asks for; <c>null</c>: it takes no lease and ends those of the killed.</param>
    public Contender(Arena arena, int? slots)
    {
        _arena = arena;
        _slots = slots;
        _process = Start();
    }

    public bool IsStopped { get; private set; }

    public bool HasExited => _process.HasExited;

    public bool Has(int pid) => _process.Id == pid;

    /// <summary>
    /// Sends a signal. One that was stopped goes on after a moment. By handle, never by id: ids of processes and of their
    /// threads are reused, after ten thousand deaths also for threads of this very program.
    /// </summary>
    public bool Signal(int signal, TimeSpan stop)
    {
        if (signal == Native.SIGSTOP)
        {
            IsStopped = true;
            _continueAt = Stopwatch.GetTimestamp() + (long)(stop.TotalSeconds * Stopwatch.Frequency);
        }

        return _handle is not null && Native.Signal(_handle, signal);
    }

    /// <summary>Lets it go on in time.</summary>
    public void Continue()
    {
        if (IsStopped && Stopwatch.GetTimestamp() >= _continueAt)
        {
            IsStopped = false;
            Signal(Native.SIGCONT, default);
        }
    }

    /// <summary>Puts another process in the place of one that has ended. Tells how the old one ended; <c>null</c>: it has not.</summary>
    public (int ExitCode, string Said)? Replace(bool restart)
    {
        if (!_process.HasExited)
        {
            return null;
        }

        int exitCode = _process.ExitCode;
        string said = exitCode is 0 or 128 + Native.SIGKILL or 128 + Native.SIGTERM ? "" : _process.StandardOutput.ReadToEnd();
        if (restart)
        {
            Close();
            _process = Start();
            IsStopped = false;
        }

        return (exitCode, said);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        Close();
    }

    private Process Start()
    {
        string[] program = _arena.Taker is { } native ? [native] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "taker.dll")];
        string[] arguments =
        [
            "--state", _arena.State, "--slots", Text(_slots ?? _arena.Slots), "--most-slots", Text(_arena.Slots),
            "--witness", _arena.Witness, "--log", _arena.Log, "--times", "1000000", "--hold", "3000", "--until", _arena.End,
            .. _slots is null ? ["--reap", "true"] : (string[])[],
        ];
        var start = new ProcessStartInfo(program[0], [.. program[1..], .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("BUILDGUARD_LEASE");
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_BackgroundWorkerTimeoutMs"] = "0";
        Process process = Process.Start(start)!;
        _handle = Native.OpenChild(process);
        return process;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Close()
    {
        _handle?.Dispose();
        _process.Dispose();
    }
}
