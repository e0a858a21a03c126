using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>Which signals are kept back from the calling thread, and which of them the command is to have kept back all the same.</summary>
/// <remarks>
/// The mask is inherited by whatever is executed. Whoever starts us may have blocked SIGTERM, as programs that read signals
/// from a descriptor do: then a request to end would never reach us, while the command is to find what it would find without us.
/// </remarks>
internal static unsafe class SignalMask
{
    private static ulong s_unblocked;

    /// <summary>Lets signals through to the calling thread; those that were sent before come now.</summary>
    public static void Unblock(params ReadOnlySpan<int> signals)
    {
        ulong set = Of(signals);
        ulong before = 0;
        Change(Libc.SIG_UNBLOCK, &set, &before);
        s_unblocked |= before & set;
    }

    /// <summary>Blocks all signals of the calling thread, and tells what was blocked before.</summary>
    public static ulong BlockAll()
    {
        ulong set = ulong.MaxValue;
        ulong before = 0;
        Change(Libc.SIG_SETMASK, &set, &before);
        return before;
    }

    /// <summary>Blocks these signals of the calling thread and no others.</summary>
    public static void Set(ulong mask) => Change(Libc.SIG_SETMASK, &mask, null);

    /// <summary>The mask that a command gets from a thread that has this one.</summary>
    public static ulong OfCommand(ulong ours) => ours | s_unblocked;

    private static ulong Of(ReadOnlySpan<int> signals)
    {
        ulong set = 0;
        foreach (int signal in signals)
        {
            set |= 1UL << (signal - 1);
        }

        return set;
    }

    private static void Change(int how, ulong* set, ulong* before) =>
        _ = Libc.Syscall(SystemCall.RtSigProcMask, how, (nint)set, (nint)before, sizeof(ulong));
}
