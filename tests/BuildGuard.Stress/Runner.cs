using System.Diagnostics;
using BuildGuard.Leases.Taker;
using Microsoft.Win32.SafeHandles;

namespace BuildGuard.Stress;

/// <summary>One <c>buildguard run</c> at a time: when it has ended, another one takes its place.</summary>
internal sealed class Runner : IDisposable
{
    private readonly ProgramArena _arena;
    private Process _process;
    private SafeFileHandle? _handle;
    private long _continueAt;

    public Runner(ProgramArena arena)
    {
        _arena = arena;
        _process = Start();
    }

    public bool IsStopped { get; private set; }

    public bool HasExited => _process.HasExited;

    /// <summary>Sends a signal, by handle, never by id.</summary>
    public bool Signal(int signal) => _handle is not null && Native.Signal(_handle, signal);

    /// <summary>Stops it for a moment.</summary>
    public bool Stop(TimeSpan duration)
    {
        IsStopped = true;
        _continueAt = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        return Signal(Native.SIGSTOP);
    }

    /// <summary>Lets it go on in time.</summary>
    public void Continue()
    {
        if (IsStopped && Stopwatch.GetTimestamp() >= _continueAt)
        {
            IsStopped = false;
            _ = Signal(Native.SIGCONT);
        }
    }

    /// <summary>Kills a child: the command of one that holds, the prepared process of one that waits.</summary>
    public bool KillChild()
    {
        try
        {
            return Directory.GetDirectories($"/proc/{_process.Id}/task")
                .SelectMany(task => File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(int.Parse)
                .Any(pid => Native.Signal(pid, Native.SIGKILL));
        }
        catch (IOException)
        {
            // It or one of its threads has ended.
            return false;
        }
    }

    /// <summary>Puts another run in the place of one that has ended. Tells how the old one ended; <c>null</c>: it has not.</summary>
    public (int ExitCode, string Said)? Replace(bool restart)
    {
        if (!_process.HasExited)
        {
            return null;
        }

        int exitCode = _process.ExitCode;
        string said = exitCode is 0 or 128 + Native.SIGKILL or 128 + Native.SIGTERM ? "" : _process.StandardError.ReadToEnd();
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
        Process process = Process.Start(_arena.Run("sh", "-c", _arena.Command(Random.Shared.Next(30))))!;
        _handle = Native.OpenChild(process);
        return process;
    }

    private void Close()
    {
        _handle?.Dispose();
        _process.Dispose();
    }
}
