namespace BuildGuard.Leases.Taker;

/// <summary>Decides what becomes of each step on state files.</summary>
public interface ISteps
{
    /// <summary>Whether a wait for a lock may be left to the kernel; otherwise it is tried again and again.</summary>
    bool MayBlock { get; }

    /// <summary>Does a step, or something else instead.</summary>
    T Do<T>(string step, string path, Func<T> action);

    /// <summary>Told of every handle that the process opens.</summary>
    void Opened(LockFile file);

    /// <summary>Closes a handle, unless the process is dead.</summary>
    void Close(LockFile file);
}
