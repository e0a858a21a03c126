using BuildGuard.Processes;

namespace BuildGuard.Containment;

/// <summary>The processes of one operation, as a thing that can be started, measured and ended as a whole.</summary>
public interface IContainer : IDisposable
{
    /// <summary>The rung.</summary>
    Rung Rung { get; }

    /// <summary>
    /// What of the memory limit the kernel refused when it was set, beside <see cref="IContainment.Weaknesses"/>, each with its reason.
    /// Known once the command was started.
    /// </summary>
    IReadOnlyList<string> Weaknesses { get; }

    /// <summary>Enough for <see cref="IContainment.EndLeftovers"/> to find the processes again when this program is dead.</summary>
    string Record { get; }

    /// <summary>
    /// Does ahead of the turn whatever <see cref="Start"/> would do but execute the command, so that the next one in a queue
    /// starts sooner. What is there until then uses no CPU and ends with this program. May be called once, before <see cref="Start"/>.
    /// </summary>
    /// <returns>Whether it could be done; if not, the container is of no use any more, and another one says why in <see cref="Start"/>.</returns>
    bool Prepare(StartRequest request);

    /// <summary>
    /// Starts the command inside: it is born contained. May be called once, with the same request as <see cref="Prepare"/>.
    /// </summary>
    /// <returns>The process id.</returns>
    /// <exception cref="CommandStartException">The command was not found or could not be started; nothing is left running.</exception>
    int Start(StartRequest request);

    /// <summary>
    /// Sleeps until something happens, at most <paramref name="timeout"/>. Reaps whatever ended.
    /// </summary>
    ContainerEvents Wait(TimeSpan timeout);

    /// <summary>Wakes <see cref="Wait"/> from another thread.</summary>
    void Wake();

    /// <summary>How the command ended; <c>null</c> while it runs.</summary>
    ExitStatus? Exit { get; }

    /// <summary>Whether the command has ended, though <see cref="Wait"/> may not have said so yet. Costs one system call.</summary>
    bool HasEnded { get; }

    /// <summary>What the processes use now. Cheap enough to be asked fifty times a second.</summary>
    Usage Measure();

    /// <summary>
    /// The pause between two calls of <see cref="Measure"/> that keeps their cost below 1 % of a core; zero before the first.
    /// </summary>
    TimeSpan SuggestedPause { get; }

    /// <summary>The processes inside, the command included; of a horde some, for describing them takes time.</summary>
    IReadOnlyList<ProcessRow> Processes();

    /// <summary>Bytes that those who are inside now have written to anything.</summary>
    long WrittenBytes { get; }

    /// <summary>Sends a signal to the command alone (Linux: a signal number).</summary>
    void Signal(int signal);

    /// <summary>
    /// Stops those inside, where the rung can, for the time until <see cref="End"/>: a horde would leave no processor to whoever
    /// looks at it.
    /// </summary>
    void Halt();

    /// <summary>Asks every process inside to end (SIGTERM); returns at once.</summary>
    void RequestEnd();

    /// <summary>
    /// Kills what is inside, except processes of the given names, and returns when that is proven empty.
    /// </summary>
    /// <param name="keep">Process names that stay alive; <c>null</c> or empty for none.</param>
    /// <returns>What was ended.</returns>
    /// <exception cref="Diagnostics.GuardException">BG4003: something is left that cannot be ended.</exception>
    IReadOnlyList<EndedProcess> End(IReadOnlyCollection<string>? keep = null);

    /// <summary>What <see cref="End"/> left alive because it was named.</summary>
    IReadOnlyList<ProcessRow> Kept { get; }

    /// <summary>Whether nothing runs inside.</summary>
    bool IsEmpty { get; }
}

/// <summary>What <see cref="IContainer.Wait"/> woke for.</summary>
[Flags]
public enum ContainerEvents
{
    /// <summary>The time passed.</summary>
    None = 0,

    /// <summary>The command ended.</summary>
    Exited = 1,

    /// <summary>The kernel said that it could not give more within a limit.</summary>
    LimitReached = 2,

    /// <summary><see cref="IContainer.Wake"/> was called.</summary>
    Woken = 4,

    /// <summary>The process on whose behalf the operation runs is gone (<see cref="StartRequest.WatchParent"/>).</summary>
    ParentGone = 8,

    /// <summary>Somebody asks this program to stop, and no thread listens.</summary>
    StopAsked = 16,
}

/// <summary>How a command ended.</summary>
/// <param name="Code">Its exit code; 0 if a signal ended it.</param>
/// <param name="Signal">The signal that ended it; 0 if it exited by itself.</param>
public readonly record struct ExitStatus(int Code, int Signal)
{
    /// <summary>The exit code a shell would report: the command's own, or 128 plus the signal.</summary>
    public int ShellCode => Signal == 0 ? Code : 128 + Signal;
}

/// <summary>What to start.</summary>
/// <param name="Arguments">The command and its arguments; the first is looked up in PATH unless it holds a slash.</param>
/// <param name="Environment">Variables that are set in the child on top of this process's own; a <c>null</c> value removes one.</param>
/// <param name="WatchParent">Whether <see cref="ContainerEvents.ParentGone"/> is wanted.</param>
public sealed record StartRequest(
    string[] Arguments,
    Dictionary<string, string?> Environment,
    bool WatchParent);

/// <summary>A command that was not found (<see cref="NotFound"/>, exit 127) or could not be started (exit 126).</summary>
public sealed class CommandStartException(string message, bool notFound) : Exception(message)
{
    /// <summary>Whether there is no such command, rather than one that cannot be started.</summary>
    public bool NotFound { get; } = notFound;
}
