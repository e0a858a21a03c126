namespace BuildGuard.Processes;

/// <summary>One process as a viewer shows it. All figures are of the moment of looking.</summary>
/// <param name="Identity">Who it is.</param>
/// <param name="ParentPid">Its parent's process id.</param>
/// <param name="Name">The short name the kernel keeps (Linux: <c>comm</c>).</param>
/// <param name="Command">The command line, arguments joined by spaces; empty for a zombie.</param>
/// <param name="MemoryBytes">Anonymous and shared memory plus swap, in bytes, page cache left out.</param>
/// <param name="CpuMilliseconds">User and system time consumed so far, in milliseconds.</param>
/// <param name="WrittenBytes">Bytes passed to write calls so far; 0 where it cannot be read.</param>
/// <param name="State">The kernel's one-letter state (R, S, D, T, Z …); X for one that has ended since it was looked at.</param>
public sealed record ProcessRow(
    ProcessIdentity Identity,
    int ParentPid,
    string Name,
    string Command,
    long MemoryBytes,
    long CpuMilliseconds,
    long WrittenBytes,
    char State)
{
    /// <summary>The process id.</summary>
    public int Pid => Identity.Pid;
}
