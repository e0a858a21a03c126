using System.Text;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Processes;

namespace BuildGuard.Platform.Linux;

/// <summary>The processes of this machine, as <c>/proc</c> shows them. Whatever vanishes while it is read counts as gone.</summary>
public sealed class LinuxProcessTable : IProcessTable
{
    private const int ScClockTicks = 2;
    private const int CommandLineBytes = 8192;

    // What proc_pid_stat(5) counts in. 100 on every architecture we run on, but it is cheap to ask.
    private static readonly long TicksPerSecond = Math.Max(1, Libc.SysConf(ScClockTicks));

    private readonly Lazy<string> _bootId = new(ReadBootId);
    private readonly Lazy<long> _namespace = new(ReadPidNamespace);
    private ProcessIdentity? _self;
    private readonly Lazy<string> _userName = new(static () => Unix.PasswordDatabase.NameOf(Libc.GetEUid()));

    /// <inheritdoc/>
    public ProcessIdentity Self => _self ??= Identify(Libc.GetPid())
        ?? throw new GuardException(Messages.CannotContain("/proc does not show this process: it is not mounted, or too many files are open (ulimit -n)"));

    /// <inheritdoc/>
    public string UserName => _userName.Value;

    /// <inheritdoc/>
    public ProcessIdentity? Identify(int pid) =>
        ProcStat.TryRead(pid, out ProcStat stat) ? IdentityOf(stat) : null;

    /// <inheritdoc/>
    public int ParentOf(int pid) => ProcStat.TryRead(pid, out ProcStat stat) ? stat.ParentPid : 0;

    /// <inheritdoc/>
    public bool? IsAlive(ProcessIdentity process)
    {
        if (process.BootId != _bootId.Value)
        {
            return false;
        }

        if (process.PidNamespace != _namespace.Value)
        {
            return null;
        }

        return ProcStat.TryRead(process.Pid, out ProcStat stat) && stat.StartTime == process.StartTime && stat.Runs;
    }

    /// <inheritdoc/>
    public char? StateOf(ProcessIdentity process) =>
        IsOfThisNamespace(process) && ProcStat.TryRead(process.Pid, out ProcStat stat) && stat.StartTime == process.StartTime ? stat.State : null;

    /// <inheritdoc/>
    TimeSpan? IProcessTable.AgeOf(ProcessIdentity process) =>
        IsOfThisNamespace(process) ? TimeSpan.FromMilliseconds(AgeOf(process)) : null;

    /// <summary>Whether a process of one of these names runs, whosever it is, as far as can be seen from here.</summary>
    public static bool IsAnyRunning(params IReadOnlyList<string> names)
    {
        List<int> pids = [];
        ProcDirectory.ReadIds("/proc", pids);
        return pids.Exists(pid => ProcStat.TryRead(pid, out ProcStat stat) && stat.Runs && names.Contains(stat.Name));
    }

    /// <inheritdoc/>
    public ProcessRow? Describe(int pid)
    {
        if (!ProcStat.TryRead(pid, out ProcStat stat))
        {
            return null;
        }

        string directory = DirectoryOf(stat);
        return new ProcessRow(
            IdentityOf(stat),
            stat.ParentPid,
            stat.Name,
            CommandOf(directory),
            MemoryOf(directory).Bytes,
            stat.CpuTicks * 1000 / TicksPerSecond,
            WrittenBy(pid),
            stat.State);
    }

    /// <summary>What is told of a process that is about to be ended, in two looks more: many may wait for theirs.</summary>
    internal static EndedProcess DescribeEnding(in ProcStat stat)
    {
        string directory = DirectoryOf(stat);
        return new EndedProcess(stat.Pid, stat.Name, CommandOf(directory), AgeOf(stat.StartTime), MemoryOf(directory).Bytes);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ProcessRow> DescendantsOf(int pid) => Describe(ProcessTree.Descendants(pid));

    /// <summary>Those of the processes that are still there.</summary>
    internal List<ProcessRow> Describe(IEnumerable<int> pids)
    {
        List<ProcessRow> rows = [];
        foreach (int pid in pids)
        {
            if (Describe(pid) is { } row)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    /// <summary>How long a process has been running, in milliseconds.</summary>
    internal static long AgeOf(ProcessIdentity process) => AgeOf(process.StartTime);

    internal static long AgeOf(long startTime) => Math.Max(0, Libc.BootTimeMilliseconds - (startTime * 1000 / TicksPerSecond));

    /// <summary>A time since boot in milliseconds as start times are given.</summary>
    internal static long TicksOf(long bootMilliseconds) => bootMilliseconds * TicksPerSecond / 1000;

    /// <summary>What a process has of memory, pages that it shares with others included.</summary>
    internal static ProcessMemory MemoryOf(in ProcStat stat) => MemoryOf(DirectoryOf(stat));

    private static ProcessMemory MemoryOf(string directory)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int length = ProcFile.ReadRecord($"{directory}/status", buffer);
        if (length <= 0)
        {
            return default;
        }

        ReadOnlySpan<byte> text = buffer[..length];
        long shared = Math.Max(0, ProcFile.Field(text, "RssShmem"u8));
        long kilobytes = Math.Max(0, ProcFile.Field(text, "RssAnon"u8)) + shared + Math.Max(0, ProcFile.Field(text, "VmSwap"u8));
        return new ProcessMemory(kilobytes * 1024, shared * 1024);
    }

    /// <summary>CPU time consumed so far, in milliseconds.</summary>
    internal static long CpuOf(ProcStat stat) => stat.CpuTicks * 1000 / TicksPerSecond;

    /// <summary>Where the kernel shows the command line and the memory: with a thread that lives, if the first does not.</summary>
    internal static string DirectoryOf(in ProcStat stat)
    {
        if (stat.OutlivedByThreads)
        {
            List<int> threads = [];
            ProcDirectory.ReadIds($"/proc/{stat.Pid}/task", threads);
            if (threads.Count > 0)
            {
                return $"/proc/{stat.Pid}/task/{threads[^1]}";
            }
        }

        return $"/proc/{stat.Pid}";
    }

    /// <summary>Bytes it has written to anything: <c>wchar</c> of <c>proc_pid_io(5)</c>.</summary>
    internal static long WrittenBy(int pid)
    {
        Span<byte> buffer = stackalloc byte[512];
        int length = ProcFile.ReadRecord($"/proc/{pid}/io", buffer);
        return length <= 0 ? 0 : Math.Max(0, ProcFile.Field(buffer[..length], "wchar"u8));
    }

    private static string CommandOf(string directory)
    {
        Span<byte> buffer = stackalloc byte[CommandLineBytes];
        int length = ProcFile.ReadRecord($"{directory}/cmdline", buffer);
        if (length <= 0)
        {
            return string.Empty;
        }

        Span<byte> text = buffer[..length].TrimEnd((byte)0);
        text.Replace((byte)0, (byte)' ');
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>
    /// Whether what lives in the PID namespace of a process is seen from here, if there is anything: it is this one, or one
    /// below it in which somebody is.
    /// </summary>
    internal bool SeesNamespaceOf(ProcessIdentity process)
    {
        if (process.BootId != _bootId.Value || process.PidNamespace == 0 || process.PidNamespace == _namespace.Value)
        {
            return true;
        }

        List<int> all = [];
        ProcDirectory.ReadIds("/proc", all);
        return all.Exists(pid => PidNamespaceOf($"/proc/{pid}") == process.PidNamespace);
    }

    private bool IsOfThisNamespace(ProcessIdentity process) => process.BootId == _bootId.Value && process.PidNamespace == _namespace.Value;

    private ProcessIdentity IdentityOf(in ProcStat stat) => new(_bootId.Value, _namespace.Value, stat.Pid, stat.StartTime);

    /// <summary>Empty where a sandbox hides it; not for want of descriptors, or everybody would seem to be of another machine.</summary>
    private static string ReadBootId()
    {
        const string Path = "/proc/sys/kernel/random/boot_id";
        int refusals = ProcFile.Refusals;
        string? text = ProcFile.ReadText(Path);
        return text is null && ProcFile.Refusals != refusals
            ? throw Unix.StateProblem.NotRead(Path, Errno.EMFILE)
            : text?.Trim() ?? string.Empty;
    }

    private static long ReadPidNamespace() => PidNamespaceOf("/proc/self");

    /// <summary>The inode of a process's PID namespace; 0 where it cannot be read.</summary>
    /// <param name="directory">As in <c>/proc/12</c>.</param>
    internal static long PidNamespaceOf(string directory) => ProcLink.InodeOf($"{directory}/ns/pid", "pid"u8);
}
