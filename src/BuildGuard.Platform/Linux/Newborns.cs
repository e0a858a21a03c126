using System.Buffers.Text;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// The processes that come into being while one watches. A whole look at <c>/proc</c> takes a millisecond or more, and
/// whoever hands on to a child and ends sooner than that is in none: its number is read where the kernel tells the latest.
/// </summary>
internal sealed class Newborns
{
    // More at once than this were not born by one that hands on; a thread takes a number too.
    private const int Most = 64;

    private int _last = Latest();

    /// <summary>The numbers given out since the last call; who bore them may be gone, or be a thread.</summary>
    public IEnumerable<int> Next()
    {
        int before = _last;
        _last = Latest();

        // Smaller: the numbers began anew.
        int first = Math.Max(_last >= before ? before + 1 : 1, _last - Most);
        return Enumerable.Range(first, Math.Max(0, _last - first + 1));
    }

    /// <summary>
    /// Kills those of the newborn that are meant, each at once, until for a while nobody was born who may have been one.
    /// </summary>
    /// <param name="isMeant">Whether a process is one.</param>
    /// <param name="quietMilliseconds">That while.</param>
    /// <param name="longestMilliseconds">How long at most: on a busy machine others are born all the time.</param>
    /// <returns>Whether there was any.</returns>
    public static bool Hunt(Func<int, bool> isMeant, int quietMilliseconds, int longestMilliseconds)
    {
        bool any = false;
        var newborns = new Newborns();
        long start = Environment.TickCount64;
        for (long quietSince = start; Environment.TickCount64 - quietSince < quietMilliseconds && Environment.TickCount64 - start < longestMilliseconds;)
        {
            foreach (int pid in newborns.Next())
            {
                bool isCaught = false;
                if (Target.Take(pid, isMeant) is { } target)
                {
                    isCaught = any = true;
                    _ = target.Signal(Libc.SIGKILL);
                    target.Release();
                }

                // Who was gone before the look may have been one as well.
                if (isCaught || Libc.Access($"/proc/{pid}", 0) != 0)
                {
                    quietSince = Environment.TickCount64;
                }
            }
        }

        return any;
    }

    /// <summary>
    /// How many processes and threads were born since the machine started, whoever can see them: "processes" of <c>proc_stat(5)</c>;
    /// -1 if it cannot be read.
    /// </summary>
    public static long Births() => ProcFile.Field(ProcFile.ReadAll("/proc/stat"), "processes"u8);

    /// <summary>
    /// Whether so many were born since that numbers may have been given out a second time. Half of all numbers leave room for
    /// those that are passed over because somebody bears them.
    /// </summary>
    /// <param name="before">What <see cref="Births"/> said then.</param>
    public static bool MayHaveBegunAnew(long before)
    {
        long born = Births() - before;
        return before < 0 || born < 0 || born >= ProcFile.Number(ProcFile.ReadAll("/proc/sys/kernel/pid_max")) / 2;
    }

    /// <summary>Those alive whose numbers were given out after one and up to another, which is smaller where the numbers began anew.</summary>
    public static List<int> Alive(int after, int latest)
    {
        List<int> all = [];
        ProcDirectory.ReadIds("/proc", all);
        _ = all.RemoveAll(pid => latest >= after ? pid <= after || pid > latest : pid <= after && pid > latest);
        return all;
    }

    /// <summary>
    /// The number given out last, by the last field of <c>proc_loadavg(5)</c>: as long as it stays the same, nobody is born
    /// whom this process could see. 0 if it cannot be read.
    /// </summary>
    public static int Latest()
    {
        Span<byte> buffer = stackalloc byte[128];
        int length = ProcFile.ReadRecord("/proc/loadavg", buffer);
        ReadOnlySpan<byte> text = buffer[..Math.Max(0, length)].TrimEnd((byte)'\n');
        return Utf8Parser.TryParse(text[(text.LastIndexOf((byte)' ') + 1)..], out int pid, out _) ? pid : 0;
    }
}
