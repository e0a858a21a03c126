using System.Text;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>Small kernel files, read whole with four system calls and no allocation.</summary>
internal static unsafe class ProcFile
{
    private static int s_refusals;

    /// <summary>
    /// How often a file or a directory could not be looked at for want of descriptors or memory. Then nothing was seen, which
    /// does not mean that nothing is there.
    /// </summary>
    public static int Refusals => Volatile.Read(ref s_refusals);

    /// <summary>Opens a file or a directory to read it; -1 if it cannot be.</summary>
    public static int Open(string path)
    {
        int fd = Libc.Open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
        if (fd < 0 && Libc.LastError is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM)
        {
            _ = Interlocked.Increment(ref s_refusals);
        }

        return fd;
    }

    /// <summary>Reads a file into the buffer; the length read, -1 if it cannot be read (gone, no permission).</summary>
    public static int Read(string path, Span<byte> buffer)
    {
        int fd = Open(path);
        if (fd < 0)
        {
            return -1;
        }

        int total = 0;
        while (total < buffer.Length)
        {
            nint got = ReadPart(fd, buffer[total..]);
            if (got <= 0)
            {
                total = got < 0 && total == 0 ? -1 : total;
                break;
            }

            total += (int)got;
        }

        _ = Libc.Close(fd);
        return total;
    }

    /// <summary>
    /// As <see cref="Read"/>, without the call that finds the end: for files that the kernel writes as a single record,
    /// like a process's <c>stat</c>, <c>status</c> and <c>io</c>, which one call returns whole.
    /// </summary>
    public static int ReadRecord(string path, Span<byte> buffer)
    {
        int fd = Open(path);
        if (fd < 0)
        {
            return -1;
        }

        int length = (int)ReadPart(fd, buffer);
        _ = Libc.Close(fd);
        return length;
    }

    /// <summary>Reads a file of any size as text; <c>null</c> if it cannot be read.</summary>
    public static string? ReadText(string path)
    {
        // The stack's pages are used again by the next file; each new page of the heap is a page fault.
        Span<byte> buffer = stackalloc byte[8 * 1024];
        int length = Read(path, buffer);
        if (length < 0)
        {
            return null;
        }

        return length < buffer.Length
            ? Encoding.UTF8.GetString(buffer[..length])
            : ReadAll(path) is { } all ? Encoding.UTF8.GetString(all) : null;
    }

    /// <summary>Reads a file of any size; <c>null</c> if it cannot be read.</summary>
    public static byte[]? ReadAll(string path)
    {
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            int length = Read(path, buffer);
            if (length < buffer.Length)
            {
                return length < 0 ? null : buffer[..length];
            }

            buffer = new byte[buffer.Length * 4];
        }
    }

    /// <summary>Writes a short text in one call, as kernel files want it; 0 or the error number.</summary>
    public static int Write(string path, string text)
    {
        int fd = Libc.Open(path, Libc.O_WRONLY | Libc.O_CLOEXEC);
        if (fd < 0)
        {
            return Libc.LastError;
        }

        Span<byte> bytes = stackalloc byte[256];
        int length = Encoding.UTF8.GetBytes(text, bytes);
        int error = 0;
        fixed (byte* start = bytes)
        {
            while (Libc.Write(fd, start, (nuint)length) < 0)
            {
                error = Libc.LastError;
                if (error != Errno.EINTR)
                {
                    break;
                }

                error = 0;
            }
        }

        _ = Libc.Close(fd);
        return error;
    }

    /// <summary>Re-reads the one number of an open file from its start; -1 if it cannot be read, <see cref="long.MaxValue"/> for <c>max</c>.</summary>
    public static long Number(int fd)
    {
        Span<byte> buffer = stackalloc byte[32];
        return Number(Again(fd, buffer));
    }

    /// <summary>Re-reads an open file from its start.</summary>
    public static ReadOnlySpan<byte> Again(int fd, Span<byte> buffer)
    {
        if (fd < 0)
        {
            return default;
        }

        fixed (byte* start = buffer)
        {
            nint got = Libc.PRead(fd, start, (nuint)buffer.Length, 0);
            return got <= 0 ? default : buffer[..(int)got];
        }
    }

    /// <summary>The number a text starts with; -1 if there is none, <see cref="long.MaxValue"/> for <c>max</c>.</summary>
    public static long Number(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("max"u8))
        {
            return long.MaxValue;
        }

        return System.Buffers.Text.Utf8Parser.TryParse(text, out ulong value, out _)
            ? (long)Math.Min(value, long.MaxValue)
            : -1;
    }

    /// <summary>The number that follows a name at the start of a line, as in <c>memory.stat</c>; -1 if the name is not there.</summary>
    public static long Field(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            if (line.StartsWith(name) && line.Length > name.Length && line[name.Length] is (byte)' ' or (byte)'\t' or (byte)':')
            {
                return Number(line[(name.Length + 1)..].TrimStart(" \t"u8));
            }

            text = end < 0 ? default : text[(end + 1)..];
        }

        return -1;
    }

    private static nint ReadPart(int fd, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint got = Libc.Read(fd, start, (nuint)buffer.Length);
                if (got >= 0 || Libc.LastError != Errno.EINTR)
                {
                    return got;
                }
            }
        }
    }
}
