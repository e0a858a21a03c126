using System.Globalization;
using BuildGuard.Processes;

namespace BuildGuard.Leases.Taker;

/// <summary>Just enough of /proc to know a process again and to find its ancestors.</summary>
public sealed class ProcTable : IProcessTable
{
    private readonly string _boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
    private readonly long _namespace = Namespace("self");

    public ProcTable() => Self = Identify(Environment.ProcessId) ?? throw new InvalidOperationException("no /proc/self/stat");

    public ProcessIdentity Self { get; }

    public string UserName => Environment.UserName;

    public ProcessIdentity? Identify(int pid) =>
        Stat(pid) is { } stat ? new ProcessIdentity(_boot, _namespace, pid, long.Parse(stat[19], CultureInfo.InvariantCulture)) : null;

    public int ParentOf(int pid) => Stat(pid) is { } stat ? int.Parse(stat[1], CultureInfo.InvariantCulture) : 0;

    public bool? IsAlive(ProcessIdentity process) => process.BootId != _boot || process.PidNamespace != _namespace
        ? process.BootId != _boot ? false : null
        : Identify(process.Pid) == process && Stat(process.Pid) is { } stat && stat[0] is not ("Z" or "X");

    public char? StateOf(ProcessIdentity process) => throw new NotSupportedException();

    public TimeSpan? AgeOf(ProcessIdentity process) => throw new NotSupportedException();

    public ProcessRow? Describe(int pid) => throw new NotSupportedException();

    public IReadOnlyList<ProcessRow> DescendantsOf(int pid) => throw new NotSupportedException();

    /// <summary>The fields of /proc/PID/stat from the third on, the state.</summary>
    private static string[]? Stat(int pid)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Namespace(string pid)
    {
        string link = new FileInfo($"/proc/{pid}/ns/pid").LinkTarget ?? "";
        int start = link.IndexOf('[', StringComparison.Ordinal);
        return start < 0 ? 0 : long.Parse(link.AsSpan(start + 1, link.Length - start - 2), CultureInfo.InvariantCulture);
    }
}
