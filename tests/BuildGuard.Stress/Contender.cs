using System.Diagnostics;
using System.Globalization;
using BuildGuard.Leases.Taker;

namespace BuildGuard.Stress;

/// <summary>One process that takes the lease again and again, until it is ended; then another one takes its place.</summary>
internal sealed class Contender(Arena arena) : IDisposable
{
    private Process _process = Start(arena);
    private long _continueAt;

    public bool IsStopped { get; private set; }

    private int Pid => _process.Id;

    private static Process Start(Arena arena)
    {
        string[] program = arena.Taker is { } native ? [native] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "taker.dll")];
        string[] arguments =
        [
            "--state", arena.State, "--slots", arena.Slots.ToString(CultureInfo.InvariantCulture),
            "--witness", arena.Witness, "--log", arena.Log, "--times", "1000000", "--hold", "3000", "--until", arena.End,
        ];
        var start = new ProcessStartInfo(program[0], [.. program[1..], .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("BUILDGUARD_LEASE");
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_BackgroundWorkerTimeoutMs"] = "0";
        return Process.Start(start)!;
    }

    public bool Has(int pid) => Pid == pid;

    /// <summary>Sends a signal. One that was stopped goes on after a moment.</summary>
    public void Signal(int signal, TimeSpan stop)
    {
        if (signal == Native.SIGSTOP)
        {
            IsStopped = true;
            _continueAt = Stopwatch.GetTimestamp() + (long)(stop.TotalSeconds * Stopwatch.Frequency);
        }

        Native.Signal(Pid, signal);
    }

    /// <summary>Lets it go on in time.</summary>
    public void Continue()
    {
        if (IsStopped && Stopwatch.GetTimestamp() >= _continueAt)
        {
            IsStopped = false;
            Native.Signal(Pid, Native.SIGCONT);
        }
    }

    /// <summary>Puts another process in the place of one that has ended. Tells whether the old one ended wrongly.</summary>
    public string? Replace(bool restart)
    {
        if (!_process.HasExited)
        {
            return null;
        }

        string? problem = _process.ExitCode is 0 or 128 + Native.SIGKILL or 128 + Native.SIGTERM
            ? null
            : $"a contender ended with {_process.ExitCode}: {_process.StandardOutput.ReadToEnd()}";
        if (restart)
        {
            _process.Dispose();
            _process = Start(arena);
            IsStopped = false;
        }

        return problem;
    }

    public bool HasExited => _process.HasExited;

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Native.Signal(Pid, Native.SIGKILL);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
