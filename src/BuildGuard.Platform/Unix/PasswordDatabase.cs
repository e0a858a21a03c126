using System.Runtime.InteropServices;
using System.Text;

namespace BuildGuard.Platform.Unix;

/// <summary>What the system knows of its users.</summary>
public static unsafe partial class PasswordDatabase
{
    private const int ERANGE = 34;
    private const int MaxBuffer = 1 << 20;

    // Fields of passwd(5).
    private const int Name = 0;
    private const int Uid = 2;
    private const int Home = 5;
    private const int Fields = 7;

    /// <summary>The home directory of a user; <c>null</c> if there is no such user, as for a made-up one in a container.</summary>
    public static string? HomeOf(uint user) => LookInFile(user, Home) ?? Look(user, home: true);

    /// <summary>The name of a user, or its number if it has none.</summary>
    public static string NameOf(uint user) => LookInFile(user, Name) ?? Look(user, home: false) ?? user.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// Looks where nearly every user is, without the C library's machinery of name services: that reads three files and
    /// asks a daemon, which took a twentieth of a whole <c>buildguard run true</c>.
    /// </summary>
    private static string? LookInFile(uint user, int field)
    {
        // Of a longer file only the beginning; the machinery finds the rest.
        Span<byte> buffer = stackalloc byte[8 * 1024];
        int file = UnixFileApi.Open("/etc/passwd", UnixFileApi.O_RDONLY | UnixFileApi.O_CLOEXEC, 0);
        if (file < 0)
        {
            return null;
        }

        nint length;
        fixed (byte* start = buffer)
        {
            length = UnixFileApi.Pread(file, start, buffer.Length, 0);
        }

        _ = UnixFileApi.Close(file);

        // The last line may be cut where the buffer ends.
        ReadOnlySpan<byte> read = buffer[..(int)Math.Max(0, length)];
        string text = Encoding.UTF8.GetString(read[..(read.LastIndexOf((byte)'\n') + 1)]);
        Span<Range> fields = stackalloc Range[Fields + 1];

        // At line feeds only: a description may hold any other end of a line.
        foreach (Range range in text.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> line = text.AsSpan(range);
            if (line.Split(fields, ':') == Fields
                && uint.TryParse(line[fields[Uid]], System.Globalization.NumberStyles.None, null, out uint uid)
                && uid == user
                && !line[fields[field]].IsEmpty)
            {
                return line[fields[field]].ToString();
            }
        }

        return null;
    }

    private static string? Look(uint user, bool home)
    {
        for (int size = 1024; size <= MaxBuffer; size *= 4)
        {
            byte[] buffer = new byte[size];
            fixed (byte* start = buffer)
            {
                // Name and directory lie at these offsets on glibc and musl alike (struct passwd, getpwnam(3)).
                Entry entry;
                Entry* found;
                int error = GetPwUid(user, &entry, start, (nuint)size, &found);
                if (error == ERANGE)
                {
                    continue;
                }

                return error == 0 && found is not null
                    ? Marshal.PtrToStringUTF8((nint)(home ? found->Directory : found->Name))
                    : null;
            }
        }

        return null;
    }

    /// <summary><c>struct passwd</c> of Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public byte* Name;
        public byte* Password;
        public uint Uid;
        public uint Gid;
        public byte* Description;
        public byte* Directory;
        public byte* Shell;
    }

    /// <summary>getpwuid_r(3)</summary>
    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int GetPwUid(uint uid, Entry* entry, byte* buffer, nuint size, Entry** result);
}
