using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Linux.Spawn;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// As long as it lives, children that end are gone at once and nobody has to collect them (SA_NOCLDWAIT, <c>sigaction(2)</c>):
/// of thousands that takes as long as killing them. What they ended with is lost, and their ids may be given out again.
/// </summary>
internal readonly unsafe ref struct NoZombies
{
    private const nuint SA_NOCLDWAIT = 2;

    private readonly SignalDispositions.Action _before;

    public NoZombies()
    {
        SignalDispositions.Action before;
        _ = Libc.Syscall(SystemCall.RtSigAction, Libc.SIGCHLD, 0, (nint)(&before), sizeof(ulong));
        SignalDispositions.Action action = before;
        action.Flags |= SA_NOCLDWAIT;
        _ = Libc.Syscall(SystemCall.RtSigAction, Libc.SIGCHLD, (nint)(&action), 0, sizeof(ulong));
        _before = before;
    }

    /// <summary>From now on whoever ends waits to be collected again.</summary>
    public void Dispose()
    {
        SignalDispositions.Action before = _before;
        _ = Libc.Syscall(SystemCall.RtSigAction, Libc.SIGCHLD, (nint)(&before), 0, sizeof(ulong));
    }
}
