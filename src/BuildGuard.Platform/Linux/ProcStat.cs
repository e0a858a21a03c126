using System.Buffers.Text;
using System.Text;

namespace BuildGuard.Platform.Linux;

/// <summary>The fields of <c>/proc/PID/stat</c> that matter here (<c>proc_pid_stat(5)</c>).</summary>
/// <param name="Pid">Field 1.</param>
/// <param name="Name">Field 2, without the parentheses.</param>
/// <param name="State">Field 3.</param>
/// <param name="ParentPid">Field 4.</param>
/// <param name="CpuTicks">Fields 14 and 15: user and system time, in clock ticks.</param>
/// <param name="Threads">Field 20: its threads, itself included.</param>
/// <param name="StartTime">Field 22: start time since boot, in clock ticks.</param>
internal readonly record struct ProcStat(int Pid, string Name, char State, int ParentPid, long CpuTicks, long Threads, long StartTime)
{
    /// <summary>PF_FORKNOEXEC of linux/sched.h, in field 9.</summary>
    private const long ForkedWithoutExec = 0x40;

    /// <summary>PF_KTHREAD of linux/sched.h.</summary>
    private const long KernelThread = 0x200000;

    /// <summary>
    /// Whether it is what fork(2) made of its parent and has started no program of its own: by its name and command line it is
    /// its parent, perhaps only for this moment.
    /// </summary>
    public bool IsForkOfParent { get; init; }

    /// <summary>Whether it is a thread of the kernel, which runs no program.</summary>
    public bool IsKernelThread { get; init; }

    /// <summary>Fields 10, 12, 23 and 24: what tells that a process got or gave back memory without asking how much it has.</summary>
    public MemoryTrace Memory { get; init; }

    /// <summary>
    /// Whether it can still run: a dead process cannot, and a zombie cannot either unless it is only the first of several
    /// threads, which may end before the others do.
    /// </summary>
    public bool Runs => State is not ('Z' or 'X' or 'x') || OutlivedByThreads;

    /// <summary>Whether its first thread has ended and others have not: what the kernel keeps with the first, like the command line and the memory, is gone.</summary>
    public bool OutlivedByThreads => State == 'Z' && Threads > 1;

    /// <summary>Reads the file of one process.</summary>
    public static bool TryRead(int pid, out ProcStat stat)
    {
        Span<byte> buffer = stackalloc byte[1024];
        int length = ProcFile.ReadRecord(string.Create(null, stackalloc char[32], $"/proc/{pid}/stat"), buffer);
        stat = default;
        return length > 0 && TryParse(buffer[..length], out stat) && stat.Pid == pid;
    }

    /// <summary>Parses the line. The name may hold anything, spaces and parentheses included, so it ends at the last parenthesis.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out ProcStat stat)
    {
        stat = default;
        int open = line.IndexOf((byte)'(');
        int close = line.LastIndexOf((byte)')');
        if (open < 2 || close < open || !Utf8Parser.TryParse(line[..open], out int pid, out _))
        {
            return false;
        }

        // What follows starts with field 3, the state.
        ReadOnlySpan<byte> rest = line[(close + 1)..].TrimStart((byte)' ');
        if (rest.IsEmpty)
        {
            return false;
        }

        char state = (char)rest[0];
        int parent = 0;
        long cpu = 0;
        long threads = 0;
        long flags = 0;
        long faults = 0;
        long size = 0;
        long started = 0;
        for (int field = 3; ; field++)
        {
            int space = rest.IndexOf((byte)' ');
            ReadOnlySpan<byte> text = space < 0 ? rest : rest[..space];
            long value = 0;
            if (field is 4 or 9 or 10 or 12 or 14 or 15 or 20 or 22 or 23 or 24 && !Utf8Parser.TryParse(text, out value, out _))
            {
                return false;
            }

            switch (field)
            {
                case 4:
                    parent = (int)value;
                    break;
                case 9:
                    flags = value;
                    break;
                case 10 or 12:
                    faults += value;
                    break;
                case 14 or 15:
                    cpu += value;
                    break;
                case 20:
                    threads = value;
                    break;
                case 22:
                    started = value;
                    break;
                case 23:
                    size = value;
                    break;
                case 24:
                    stat = new ProcStat(pid, Encoding.UTF8.GetString(line[(open + 1)..close]), state, parent, cpu, threads, started)
                    {
                        IsForkOfParent = (flags & ForkedWithoutExec) != 0,
                        IsKernelThread = (flags & KernelThread) != 0,
                        Memory = new MemoryTrace(faults, size, value),
                    };
                    return true;
            }

            if (space < 0)
            {
                return false;
            }

            rest = rest[(space + 1)..];
        }
    }
}
