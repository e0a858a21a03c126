using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// Whether this process may open as many files as it takes to watch a command and to end what it leaves. With fewer the limits
/// would not be seen to be reached, and what is left would not be seen at all. Two are kept for the end, should there be none
/// left then.
/// </summary>
internal static unsafe class DescriptorRoom
{
    /// <summary>The most that are open at once beside those there were before: ten are kept to measure version 1 groups, one looks.</summary>
    private const int Needed = 11;

    private static int s_first = -1;
    private static int s_second = -1;

    /// <summary>Makes sure of it, before anything is started.</summary>
    /// <param name="any">A descriptor that is open.</param>
    /// <exception cref="GuardException">BG4004: there is no room for them.</exception>
    public static void Require(int any)
    {
        int error = Keep(ref s_first, any);
        error = error == 0 ? Keep(ref s_second, any) : error;
        int* held = stackalloc int[Needed];
        int count = 0;
        while (count < Needed && error == 0)
        {
            held[count] = Libc.Dup(any);
            error = held[count] >= 0 ? 0 : Libc.LastError;
            count += error == 0 ? 1 : 0;
        }

        for (int i = 0; i < count; i++)
        {
            _ = Libc.Close(held[i]);
        }

        if (error is Errno.EMFILE or Errno.ENFILE)
        {
            count += GiveWay();
            throw new GuardException(Messages.CannotContain(
                $"the guard needs {Needed + 2} more open files to watch a command, and there is room for {count} ({Errno.Describe(error)}). Raise the limit (ulimit -n)"));
        }
    }

    /// <summary>Gives up those that were kept, so that others can be opened; how many there were.</summary>
    public static int GiveWay() => GiveWay(ref s_first) + GiveWay(ref s_second);

    private static int Keep(ref int place, int any)
    {
        if (Volatile.Read(ref place) >= 0)
        {
            return 0;
        }

        int kept = Libc.FCntl(any, Libc.F_DUPFD_CLOEXEC, 0);
        int error = kept >= 0 ? 0 : Libc.LastError;
        int before = Interlocked.Exchange(ref place, kept);
        if (before >= 0)
        {
            _ = Libc.Close(before);
        }

        return error;
    }

    private static int GiveWay(ref int place)
    {
        int kept = Interlocked.Exchange(ref place, -1);
        return kept >= 0 && Libc.Close(kept) == 0 ? 1 : 0;
    }
}
