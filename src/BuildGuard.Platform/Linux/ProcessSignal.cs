using BuildGuard.Platform.Linux.Native;
using BuildGuard.Processes;

namespace BuildGuard.Platform.Linux;

/// <summary>Signals to exactly the process that is meant.</summary>
public static class ProcessSignal
{
    /// <summary>Kills a process; does nothing if exactly that one is gone, or lives where we cannot see it.</summary>
    public static void Kill(ProcessIdentity process)
    {
        var table = new LinuxProcessTable();
        if (Target.Take(process.Pid, pid => table.Identify(pid) == process) is { } target)
        {
            _ = target.Signal(Libc.SIGKILL);
            target.Release();
        }
    }
}
