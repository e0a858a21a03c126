using System.Globalization;
using System.Text;
using BuildGuard.Platform.Unix;
using Microsoft.Win32.SafeHandles;

namespace BuildGuard.Leases.Taker;

/// <summary>
/// Says independently of the lease tree how many hold at once: of as many lock files as there are slots each holder must
/// get one. In which order the kernel closes the files of a dying process is its affair, so a witness that is still
/// locked is believed only if the process that locked it is not on its way out.
/// </summary>
internal sealed class Witness
{
    private const int Width = 32;
    private const uint PF_EXITING = 4;

    private static readonly string s_self = Identity(Environment.ProcessId, Stat(Environment.ProcessId)!);

    private readonly LockFile[] _files;
    private readonly SafeFileHandle? _log;
    private readonly int _slots;
    private LockFile? _held;

    /// <param name="path">Where its lock files are.</param>
    /// <param name="log">Where it writes.</param>
    /// <param name="most">How many may hold at once at the very most.</param>
    /// <param name="slots">What this taker asks for.</param>
    public Witness(string? path, string? log, int most, int slots)
    {
        _slots = slots;
        var files = new UnixStateFiles();
        _files = path is null ? [] : [.. Enumerable.Range(0, most).Select(i => files.OpenOrCreate($"{path}.{i}", shared: false)!)];
        _log = log is null ? null : Native.OpenToAppend(log);
    }

    public void Enter(LeaseId lease)
    {
        while (_files.Length > 0 && (_held = Array.Find(_files, f => f.TryLockExclusive())) is null)
        {
            if (Array.TrueForAll(_files, f => IsAtWork(Holder(f))))
            {
                Note("VIOLATION", lease, $" beside {string.Join(", ", _files.Select(Holder))}");
                break;
            }

            Thread.Yield();
        }

        _held?.Write(Line(s_self), 0);
        Note("enter", lease, $" {_slots}");
    }

    /// <summary>Who wrote that it holds: process id and start time, for ids are reused.</summary>
    private static string Holder(LockFile file)
    {
        Span<byte> text = stackalloc byte[Width];
        return Encoding.ASCII.GetString(text[..file.Read(text, 0)]).TrimEnd();
    }

    private static byte[] Line(string text) => Encoding.ASCII.GetBytes(text.PadRight(Width));

    /// <summary>Whether a process runs and does not end just now: state and PF_EXITING of proc_pid_stat(5).</summary>
    private static bool IsAtWork(string process) =>
        int.TryParse(process.Split('@')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
        && Stat(pid) is { } fields
        && process == Identity(pid, fields)
        && fields[0] is not ("Z" or "X")
        && (uint.Parse(fields[6], CultureInfo.InvariantCulture) & PF_EXITING) == 0;

    private static string Identity(int pid, string[] stat) => string.Create(CultureInfo.InvariantCulture, $"{pid}@{stat[19]}");

    /// <summary>The fields of /proc/PID/stat from the third on; <c>null</c>: there is no such process.</summary>
    private static string[]? Stat(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Leave(LeaseId lease)
    {
        Note("leave", lease);

        // One that is killed between taking the lock and writing its name must not pass for us.
        _held?.Write(Line(""), 0);
        _held?.Unlock();
        _held = null;
    }

    /// <summary>One write of one line at the end of the file: lines of several processes do not mix.</summary>
    public void Note(string what, LeaseId lease) => Note(what, lease, "");

    private void Note(string what, LeaseId lease, string more)
    {
        if (_log is not null)
        {
            Native.Append(_log, Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{what} {Environment.ProcessId} {lease}{more}\n")));
        }
    }
}
