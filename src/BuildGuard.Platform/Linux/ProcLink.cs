using System.Buffers.Text;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>The links below <c>/proc</c> that lead to no file: they read <c>pid:[4026531836]</c>, <c>socket:[635893]</c>.</summary>
internal static class ProcLink
{
    /// <summary>The inode that a link names; 0 where it cannot be read or is of another kind.</summary>
    /// <param name="path">As in <c>/proc/12/ns/pid</c>.</param>
    /// <param name="kind">What stands before the number, as in <c>pid</c>.</param>
    public static unsafe long InodeOf(string path, ReadOnlySpan<byte> kind)
    {
        Span<byte> buffer = stackalloc byte[64];
        fixed (byte* start = buffer)
        {
            nint length = Libc.ReadLink(path, start, (nuint)buffer.Length);
            ReadOnlySpan<byte> link = buffer[..(int)Math.Max(0, length)];
            return link.StartsWith(kind) && link[kind.Length..].StartsWith(":["u8) && Utf8Parser.TryParse(link[(kind.Length + 2)..], out long inode, out _)
                ? inode
                : 0;
        }
    }
}
