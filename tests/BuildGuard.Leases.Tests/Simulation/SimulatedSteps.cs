using BuildGuard.Leases.Taker;

namespace BuildGuard.Leases.Tests.Simulation;

/// <summary>
/// Steps of a process that exists only as a set of open files. A lock belongs to the open file, so closing them all
/// without another word is to the others what kill -9 is.
/// </summary>
internal sealed class SimulatedSteps : ISteps
{
    private readonly Lock _gate = new();
    private readonly HashSet<LockFile> _open = [];
    private int _count;
    private int? _dieAt;

    /// <summary>A step never blocks, so that one gate can keep a kill from falling into the middle of a system call.</summary>
    public bool MayBlock => false;

    public bool IsDead { get; private set; }

    public string? DiedBefore { get; private set; }

    public void DieAt(int step) => _dieAt = step;

    public T Do<T>(string step, string path, Func<T> action)
    {
        lock (_gate)
        {
            if (!IsDead && ++_count == _dieAt)
            {
                DiedBefore = $"{step} {path}";
                Die();
            }

            return IsDead ? throw new DiedException() : action();
        }
    }

    public void Opened(LockFile file)
    {
        lock (_gate)
        {
            if (IsDead)
            {
                file.Dispose();
                return;
            }

            _open.Add(file);
        }
    }

    public void Close(LockFile file)
    {
        lock (_gate)
        {
            if (!IsDead)
            {
                if (++_count == _dieAt)
                {
                    DiedBefore = "close";
                    Die();
                    throw new DiedException();
                }

                file.Dispose();
                _open.Remove(file);
            }
        }
    }

    public int OpenFiles
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    public void Kill()
    {
        lock (_gate)
        {
            if (!IsDead)
            {
                Die();
            }
        }
    }

    private void Die()
    {
        IsDead = true;
        foreach (LockFile file in _open)
        {
            file.Dispose();
        }

        _open.Clear();
    }
}
