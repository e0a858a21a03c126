namespace BuildGuard.Platform.Linux;

/// <summary>What one process has of memory, by <c>proc_pid_status(5)</c>.</summary>
/// <param name="Bytes">Anonymous and shared memory plus swap, in bytes: <c>RssAnon + RssShmem + VmSwap</c>.</param>
/// <param name="SharedBytes">The part of it that others may have mapped too (<c>RssShmem</c>), in bytes.</param>
internal readonly record struct ProcessMemory(long Bytes, long SharedBytes);
