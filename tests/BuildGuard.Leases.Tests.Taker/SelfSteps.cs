namespace BuildGuard.Leases.Taker;

/// <summary>Steps of a real process that stops or kills itself at a given one.</summary>
/// <param name="stopBefore">The step, or <c>STEP:FILE</c>: on a file whose name begins so.</param>
/// <param name="dieAt">The number of the step.</param>
internal sealed class SelfSteps(string? stopBefore, int? dieAt) : ISteps
{
    private int _count;
    private bool _stopped;

    public bool MayBlock => true;

    public T Do<T>(string step, string path, Func<T> action)
    {
        if (!_stopped && (step == stopBefore || stopBefore?.StartsWith($"{step}:", StringComparison.Ordinal) == true
            && Path.GetFileName(path.AsSpan()).StartsWith(stopBefore.AsSpan(step.Length + 1), StringComparison.Ordinal)))
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
