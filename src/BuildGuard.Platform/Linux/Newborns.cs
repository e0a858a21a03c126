using System.Buffers.Text;

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
