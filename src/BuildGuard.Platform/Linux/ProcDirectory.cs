using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>Directories of kernel file systems, listed with <c>getdents64(2)</c>.</summary>
internal static unsafe class ProcDirectory
{
    private const byte TypeDirectory = 4;

    /// <summary>The names of a directory that are numbers (process or thread ids); nothing if it is gone.</summary>
    public static void ReadIds(string path, List<int> into)
    {
        int fd = ProcFile.Open(path);
        if (fd < 0)
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[8192];
        while (Next(fd, buffer) is > 0 and int length)
        {
            for (int at = 0; at < length; at += RecordLength(buffer[at..]))
            {
                ReadOnlySpan<byte> name = Name(buffer[at..]);
                if (Utf8Parser.TryParse(name, out int id, out int used) && used == name.Length && id > 0)
                {
                    into.Add(id);
                }
            }
        }

        _ = Libc.Close(fd);
    }

    /// <summary>The names of a directory's subdirectories; nothing if it is gone.</summary>
    public static List<string> Subdirectories(string path)
    {
        List<string> names = [];
        int fd = ProcFile.Open(path);
        if (fd < 0)
        {
            return names;
        }

        Span<byte> buffer = stackalloc byte[8192];
        while (Next(fd, buffer) is > 0 and int length)
        {
            for (int at = 0; at < length; at += RecordLength(buffer[at..]))
            {
                ReadOnlySpan<byte> name = Name(buffer[at..]);
                if (buffer[at + 18] == TypeDirectory && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    names.Add(Encoding.UTF8.GetString(name));
                }
            }
        }

        _ = Libc.Close(fd);
        return names;
    }

    private static int Next(int fd, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)Libc.Syscall(SystemCall.GetDents64, fd, (nint)start, buffer.Length, 0);
        }
    }

    // struct linux_dirent64: inode 8, offset 8, length 2, type 1, then the name.
    private static int RecordLength(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16LittleEndian(record[16..]);

    private static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> record)
    {
        ReadOnlySpan<byte> name = record[19..RecordLength(record)];
        return name[..name.IndexOf((byte)0)];
    }
}
