using System.Diagnostics;
using BuildGuard.Leases.Taker;
using Microsoft.Win32.SafeHandles;

namespace BuildGuard.Stress;

/// <summary>
/// A process that is signalled at any moment; when it has ended, another one takes its place. Signals go by handle, never by id:
/// ids of processes and of their threads are reused, after ten thousand deaths also for threads of this very program.
/// </summary>
internal class PressedProcess : IDisposable
{
    private readonly Func<ProcessStartInfo> _command;
    private SafeFileHandle? _handle;
    private long _continueAt;

    /// <param name="command">What is started, each time; its standard output or error is redirected.</param>
    protected PressedProcess(Func<ProcessStartInfo> command)
    {
        _command = command;
        Process = Start();
    }

    public bool IsStopped { get; private set; }

    public bool HasExited => Process.HasExited;

    protected Process Process { get; private set; }

    public bool Has(int pid) => Process.Id == pid;

    /// <summary>Sends a signal.</summary>
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

    /// <summary>Puts another process in the place of one that has ended. Tells how the old one ended; <c>null</c>: it has not.</summary>
    public (int ExitCode, string Said)? Replace(bool restart)
    {
        if (!Process.HasExited)
        {
            return null;
        }

        int exitCode = Process.ExitCode;
        StreamReader words = Process.StartInfo.RedirectStandardError ? Process.StandardError : Process.StandardOutput;
        string said = exitCode is 0 or 128 + Native.SIGKILL or 128 + Native.SIGTERM ? "" : words.ReadToEnd();
        if (restart)
        {
            Close();
            Process = Start();
            IsStopped = false;
        }

        return (exitCode, said);
    }

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
            Process.WaitForExit();
        }

        Close();
    }

    private Process Start()
    {
        Process process = Process.Start(_command())!;
        _handle = Native.OpenChild(process);
        return process;
    }

    private void Close()
    {
        _handle?.Dispose();
        Process.Dispose();
    }
}
