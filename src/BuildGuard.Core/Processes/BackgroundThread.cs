using BuildGuard.Diagnostics;

namespace BuildGuard.Processes;

/// <summary>Threads that wait for something while the program goes on, and end with it.</summary>
public static class BackgroundThread
{
    private const int StackBytes = 128 * 1024;

    /// <summary>How often it is tried, and the pause between: a storm of forks takes every number for a moment only.</summary>
    private const int Attempts = 50;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Starts one.</summary>
    /// <param name="name">What it does, as a debugger shows it.</param>
    /// <param name="body">What it does.</param>
    /// <exception cref="GuardException">BG4004: the system gives this user, or this container, no thread more.</exception>
    public static void Start(string name, Action body)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                new Thread(() => body(), StackBytes) { IsBackground = true, Name = name }.Start();
                return;
            }
            catch (OutOfMemoryException) when (attempt < Attempts)
            {
                Thread.Sleep(s_pause);
            }
            catch (OutOfMemoryException)
            {
                throw new GuardException(Messages.CannotContain(
                    "the guard needs one thread more, and the system gives none: too many processes and threads, or too little memory. Raise the limit (ulimit -u, pids.max of the container), or end what runs"));
            }
        }
    }
}
