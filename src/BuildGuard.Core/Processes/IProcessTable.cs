namespace BuildGuard.Processes;

/// <summary>What the operating system says about running processes.</summary>
public interface IProcessTable
{
    /// <summary>This process.</summary>
    ProcessIdentity Self { get; }

    /// <summary>The identity of a running process of this PID namespace; <c>null</c> if there is none with that id.</summary>
    ProcessIdentity? Identify(int pid);

    /// <summary>The parent of a running process; 0 if it has none or is gone.</summary>
    int ParentOf(int pid);

    /// <summary>
    /// Whether exactly that process still runs (a zombie does not). <c>null</c> when it cannot be known from here,
    /// because it belongs to another PID namespace.
    /// </summary>
    bool? IsAlive(ProcessIdentity process);

    /// <summary>
    /// The kernel's one-letter state of exactly that process, as in <see cref="ProcessRow.State"/>. <c>null</c> when it is
    /// gone, or cannot be known from here because it belongs to another PID namespace.
    /// </summary>
    char? StateOf(ProcessIdentity process);

    /// <summary>
    /// The time since that process started, by a clock that nobody sets; also of one that has ended. <c>null</c> when it
    /// cannot be known from here.
    /// </summary>
    TimeSpan? AgeOf(ProcessIdentity process);

    /// <summary>Everything about one process; <c>null</c> if it is gone.</summary>
    ProcessRow? Describe(int pid);

    /// <summary>All descendants of a process, nearest first, itself not included.</summary>
    IReadOnlyList<ProcessRow> DescendantsOf(int pid);

    /// <summary>The name of the user this process runs as.</summary>
    string UserName { get; }
}
