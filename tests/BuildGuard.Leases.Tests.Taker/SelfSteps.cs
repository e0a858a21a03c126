namespace BuildGuard.Leases.Taker;

/// <summary>Steps of a real process that stops or kills itself at a given one.</summary>
internal sealed class SelfSteps(string? stopBefore, int? dieAt) : ISteps
{
    private int _count;
    private bool _stopped;

    public bool MayBlock => true;

    public T Do<T>(string step, string path, Func<T> action)
    {
        if (step == stopBefore && !_stopped)
        {
            _stopped = true;
            _ = Native.Signal(Environment.ProcessId, Native.SIGSTOP);
        }

        if (Interlocked.Increment(ref _count) == dieAt)
        {
            _ = Native.Signal(Environment.ProcessId, Native.SIGKILL);
            Thread.Sleep(Timeout.Infinite);
        }

        return action();
    }

    public void Opened(LockFile file)
    {
    }

    public void Close(LockFile file) => file.Dispose();
}
