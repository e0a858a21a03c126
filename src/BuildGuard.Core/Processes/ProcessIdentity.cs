namespace BuildGuard.Processes;

/// <summary>
/// A process, named so that no other process can be taken for it: process ids are reused, and two containers that
/// share a state directory have equal ones.
/// </summary>
/// <param name="BootId">The kernel's boot id (Linux: <c>/proc/sys/kernel/random/boot_id</c>).</param>
/// <param name="PidNamespace">The inode of the PID namespace (Linux: <c>/proc/self/ns/pid</c>); 0 where there is none.</param>
/// <param name="Pid">The process id inside that namespace.</param>
/// <param name="StartTime">The start time in the kernel's own unit since boot (Linux: field 22 of <c>/proc/PID/stat</c>, clock ticks).</param>
public readonly record struct ProcessIdentity(string BootId, long PidNamespace, int Pid, long StartTime);
