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
