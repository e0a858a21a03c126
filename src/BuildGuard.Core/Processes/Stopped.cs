namespace BuildGuard.Processes;

/// <summary>
/// Processes that are stopped (SIGSTOP, Ctrl+Z in a shell): they keep what they hold, and do nothing until they are
/// told to go on.
/// </summary>
public static class Stopped
{
    /// <summary>Whether a state of <see cref="ProcessRow.State"/> says so: by a signal, or by a debugger.</summary>
    public static bool Is(char? state) => state is 'T' or 't';

    /// <summary>
    /// Those of the processes that are stopped, and what is stopped below them: Ctrl+Z stops a whole group, and each of
    /// it must be told to go on. Empty if none of the given is.
    /// </summary>
    /// <param name="processes">Running processes.</param>
    /// <param name="candidates">Whom to look at; nothing is said about one of another PID namespace.</param>
    /// <returns>Process ids, each once.</returns>
    public static IReadOnlyList<int> Among(IProcessTable processes, params ReadOnlySpan<ProcessIdentity?> candidates)
    {
        ArgumentNullException.ThrowIfNull(processes);
        List<int>? found = null;
        foreach (ProcessIdentity? candidate in candidates)
        {
            if (candidate is { } process && Is(processes.StateOf(process)))
            {
                (found ??= []).Add(process.Pid);
            }
        }

        return found is null
            ? []
            : [.. found.Concat(found.SelectMany(processes.DescendantsOf).Where(p => Is(p.State)).Select(p => p.Pid)).Distinct()];
    }
}
