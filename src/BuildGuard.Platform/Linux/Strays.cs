using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// Processes of a command that descend from it no more. Whoever enters a PID namespace that was there before (<c>setns(2)</c>,
/// <c>nsenter</c>, <c>podman exec</c>) has children there whose next parent is the first process of that namespace, not this
/// one. They are known by what they were born with.
/// </summary>
/// <remarks>
/// A namespace that can be entered lies below our own, so whoever is born there has a number here, later than the command's.
/// </remarks>
internal sealed class Strays(LeaseSigns signs)
{
    // As many numbers are asked for one by one: less than a list of all costs. In so short a time they are not given out twice.
    private const int Few = 128;
    private const int ShortMilliseconds = 1000;

    // Where others are born all the time a look at the whole machine has to do.
    private const int MostLooks = 64;

    // How long nobody may be born who bears the signs, as of those that a killed guard left.
    private const int QuietMilliseconds = 15;
    private const int ChaseMilliseconds = 100;

    private static readonly long s_namespace = LinuxProcessTable.PidNamespaceOf("/proc/self");

    private long _since;
    private int _number;
    private int _cleared;
    private bool _wereSeen;
    private long _births = -1;

    /// <summary>From now on there may be some.</summary>
    public void Begin() => _since = Libc.BootTimeMilliseconds;

    /// <summary>The number before that of the first one.</summary>
    public int Number
    {
        set => _number = _cleared = value;
    }

    /// <summary>Called soon after the first may have been born: how many numbers are given out from then on tells whether they began anew.</summary>
    public void CountBirths()
    {
        if (_births < 0 && IsShort)
        {
            _births = Newborns.Births();
        }
    }

    /// <summary>Whether a look at the whole machine is needed: it may be, unless the numbers given out since say that there is nobody.</summary>
    public bool MayExist()
    {
        if (_since == 0)
        {
            return false;
        }

        if (_wereSeen || _number == 0)
        {
            return true;
        }

        // Where numbers may have been given out a second time they do not say who is of later.
        if (!IsShort && Newborns.MayHaveBegunAnew(_births))
        {
            return true;
        }

        for (int look = 0; look < MostLooks; look++)
        {
            int latest = Newborns.Latest();
            if (latest == _cleared)
            {
                return false;
            }

            IEnumerable<int> numbers = latest > _cleared && latest - _cleared <= Few
                ? Enumerable.Range(_cleared + 1, latest - _cleared)
                : Newborns.Alive(_cleared, latest);
            if (numbers.Any(IsStray))
            {
                return true;
            }

            // Who bears no sign never will, and his children neither.
            _cleared = latest;
        }

        return true;
    }

    private bool IsShort => Libc.BootTimeMilliseconds - _since <= ShortMilliseconds;

    /// <summary>Those that can still run.</summary>
    /// <param name="everything">The processes of the machine.</param>
    /// <param name="found">Those that are known otherwise.</param>
    /// <param name="newborns">Those that were born since that look began.</param>
    public List<int> Find(Dictionary<int, ProcStat> everything, HashSet<int> found, Newborns newborns)
    {
        List<int> strays = [];
        if (_since == 0)
        {
            return strays;
        }

        // The command is born at its first tick at the earliest.
        long first = LinuxProcessTable.TicksOf(_since) - 1;
        foreach ((int pid, ProcStat stat) in everything)
        {
            if (stat.StartTime >= first && stat.Runs && !found.Contains(pid) && IsStray(pid))
            {
                strays.Add(pid);
            }
        }

        _wereSeen |= strays.Count > 0 || newborns.Next().Any(pid => !found.Contains(pid) && IsStray(pid));
        return strays;
    }

    /// <summary>
    /// The variable may be handed to somebody who was there before and starts things on request, with what he was told: these
    /// are none of ours, and live in no other namespace.
    /// </summary>
    private bool IsStray(int pid) => IsInAnotherNamespace(pid) && signs.AreBorneBy(pid);

    /// <summary>NSpid of proc_pid_status(5): its number in this namespace, and one for each below. The link says it sooner, to those who may read it.</summary>
    private static bool IsInAnotherNamespace(int pid)
    {
        if (LinuxProcessTable.PidNamespaceOf($"/proc/{pid}") is > 0 and long its)
        {
            return its != s_namespace;
        }

        ReadOnlySpan<byte> text = ProcFile.ReadAll($"/proc/{pid}/status");
        int start = text.IndexOf("\nNSpid:\t"u8);
        ReadOnlySpan<byte> numbers = start < 0 ? default : text[(start + "\nNSpid:\t".Length)..];
        int end = numbers.IndexOf((byte)'\n');
        return (end < 0 ? numbers : numbers[..end]).Contains((byte)'\t');
    }

    /// <summary>Kills those that hand on to a child and end sooner than a look takes; whether there were any.</summary>
    public bool Chase(Func<int, bool> isSpared) =>
        _wereSeen && Newborns.Hunt(pid => IsStray(pid) && !isSpared(pid), QuietMilliseconds, ChaseMilliseconds);
}
