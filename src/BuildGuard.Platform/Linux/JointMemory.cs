using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// What processes have of memory together, each page counted once. What fork(2) made shares its parent's pages until one of
/// them writes, and a segment may be mapped by many: the sum of what each has counts such a page once for each of them.
/// </summary>
/// <remarks>
/// The kernel has to walk through all pages of a process to tell its share (<c>proc_pid_smaps(5)</c>), some 40 ms for each
/// gigabyte in small pages. So only those are asked for who may share at all.
/// </remarks>
internal static class JointMemory
{
    private const nint KCMP_VM = 1;

    /// <summary>One that maps less than this part of what it has as a shared segment counts whole, as does every runtime that maps its own code twice.</summary>
    private const int MaterialShare = 16;

    /// <summary>In bytes. Where a share cannot be read (before Linux 5.4, or of another user) all counts that the process has.</summary>
    public static long Of(IReadOnlyCollection<(ProcStat Stat, ProcessMemory Memory)> processes)
    {
        HashSet<int> forked = [.. processes.Where(static its => its.Stat.IsForkOfParent).Select(static its => its.Stat.ParentPid)];
        long bytes = 0;
        foreach ((ProcStat stat, ProcessMemory memory) in processes)
        {
            if (stat.IsForkOfParent && HaveSameMemory(stat.Pid, stat.ParentPid))
            {
                // On its way to another program (vfork(2)): what it has is its parent's.
                continue;
            }

            bool mayShare = stat.IsForkOfParent || forked.Contains(stat.Pid) || memory.SharedBytes > memory.Bytes / MaterialShare;

            // Whoever has ended meanwhile has nothing any more, and what it shared is in the others' shares.
            bytes += !mayShare ? memory.Bytes : ShareOf(stat) ?? LinuxProcessTable.MemoryOf(stat).Bytes;
        }

        return bytes;
    }

    /// <summary>
    /// Whether one has ended, or left for another program, since it was looked at: what it shared may be counted in its share and in
    /// those of others.
    /// </summary>
    public static bool HasOneLeft(IEnumerable<(ProcStat Stat, ProcessMemory Memory)> processes) => processes.Any(static its =>
        !ProcStat.TryRead(its.Stat.Pid, out ProcStat now)
        || now.StartTime != its.Stat.StartTime
        || now.IsForkOfParent != its.Stat.IsForkOfParent
        || (now.Memory.ResidentPages == 0 && its.Stat.Memory.ResidentPages != 0));

    /// <summary>Whether two processes live in the same memory; kcmp(2).</summary>
    private static bool HaveSameMemory(int one, int other) => Libc.Syscall(SystemCall.KCmp, one, other, KCMP_VM, 0) == 0;

    private static long? ShareOf(in ProcStat stat)
    {
        Span<byte> buffer = stackalloc byte[2048];
        int length = ProcFile.ReadRecord(LinuxProcessTable.DirectoryOf(stat) + "/smaps_rollup", buffer);
        ReadOnlySpan<byte> text = buffer[..Math.Max(0, length)];
        long anonymous = ProcFile.Field(text, "Pss_Anon"u8);
        long segments = ProcFile.Field(text, "Pss_Shmem"u8);
        return anonymous < 0 || segments < 0 ? null : (anonymous + segments + Math.Max(0, ProcFile.Field(text, "SwapPss"u8))) * 1024;
    }
}
