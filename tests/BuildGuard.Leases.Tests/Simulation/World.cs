using System.Collections.Concurrent;
using BuildGuard.Processes;

namespace BuildGuard.Leases.Tests.Simulation;

/// <summary>All simulated processes of one test, and what their successors did to them.</summary>
internal sealed class World : IDisposable
{
    private int _lastPid;

    public StateDirectory State { get; } = new();

    public ConcurrentDictionary<int, SimulatedProcess> Processes { get; } = new();

    /// <summary>The leases that were ended for a dead holder, in order.</summary>
    public ConcurrentQueue<LeaseId> Ended { get; } = new();

    /// <summary>The files that were moved aside.</summary>
    public ConcurrentQueue<LeaseId> Aside { get; } = new();

    /// <summary>Where their commands are to run: made while they wait, and gone with them.</summary>
    public ConcurrentDictionary<LeaseId, int> Places { get; } = new();

    /// <summary>Starts nothing; the process does nothing until it is told to.</summary>
    public SimulatedProcess Create(int parentPid = 0, int? dieAt = null)
    {
        int pid = Interlocked.Increment(ref _lastPid) + 1000;
        var process = new SimulatedProcess(this, pid, parentPid, dieAt);
        Processes[pid] = process;
        return process;
    }

    public static ProcessIdentity IdentityOf(int pid) => new("boot", 1, pid, pid * 10L);

    public void Dispose()
    {
        foreach (SimulatedProcess process in Processes.Values)
        {
            process.Kill();
        }

        foreach (SimulatedProcess process in Processes.Values)
        {
            process.Join();
        }

        State.Dispose();
    }
}
