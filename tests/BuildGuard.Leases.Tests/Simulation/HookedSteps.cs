using BuildGuard.Leases.Taker;

namespace BuildGuard.Leases.Tests.Simulation;

/// <summary>Steps before which somebody else does something.</summary>
/// <param name="before">Told of each step and its path.</param>
internal sealed class HookedSteps(Action<string, string> before) : ISteps
{
    public bool MayBlock => true;

    public T Do<T>(string step, string path, Func<T> action)
    {
        before(step, path);
        return action();
    }

    public void Opened(LockFile file)
    {
    }

    public void Close(LockFile file) => file.Dispose();
}
