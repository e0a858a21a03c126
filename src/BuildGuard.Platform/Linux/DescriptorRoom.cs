using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// Whether this process may open as many files as it takes to watch a command and to end what it leaves. With fewer the limits
/// would not be seen to be reached, and what is left would not be seen at all.
/// </summary>
internal static unsafe class DescriptorRoom
{
    /// <summary>The most that are open at once beside those there were before: ten are kept to measure version 1 groups, one looks.</summary>
    private const int Needed = 11;

    /// <summary>Makes sure of it, before anything is started.</summary>
    /// <param name="any">A descriptor that is open.</param>
    /// <exception cref="GuardException">BG4004: there is no room for them.</exception>
    public static void Require(int any)
    {
        int* held = stackalloc int[Needed];
        int count = 0;
        int error = 0;
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
            throw new GuardException(Messages.CannotContain(
                $"the guard needs {Needed} more open files to watch a command, and there is room for {count} ({Errno.Describe(error)}). Raise the limit (ulimit -n)"));
        }
    }
}
