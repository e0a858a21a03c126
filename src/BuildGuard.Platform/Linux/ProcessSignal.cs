using BuildGuard.Platform.Linux.Native;
using BuildGuard.Processes;

namespace BuildGuard.Platform.Linux;

/// <summary>Signals by pidfd, to processes of this PID namespace.</summary>
/// <param name="table">The processes.</param>
public sealed class ProcessSignal(LinuxProcessTable table) : IProcessSignals
{
    private const int SIGINT = 2;
    private const int SIGTERM = 15;

    /// <inheritdoc/>
    public void Interrupt(ProcessIdentity process) => Send(process, SIGINT);

    /// <inheritdoc/>
    public void Terminate(ProcessIdentity process) => Send(process, SIGTERM);

    /// <inheritdoc/>
    public void Kill(ProcessIdentity process) => Send(process, Libc.SIGKILL);

    private void Send(ProcessIdentity process, int signal)
    {
        if (Target.Take(process.Pid, pid => table.Identify(pid) == process) is { } target)
        {
            _ = target.Signal(signal);

            // One that is stopped would take the request when it goes on, which may be never.
            _ = signal == Libc.SIGKILL ? 0 : target.Signal(Libc.SIGCONT);
            target.Release();
        }
    }
}
