using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace BuildGuard.Platform.Unix;

/// <summary>What the system knows of its users.</summary>
public static unsafe partial class PasswordDatabase
{
    private const string NameService = "/usr/bin/getent";

    // Fields of passwd(5).
    private const int Name = 0;
    private const int Uid = 2;
    private const int Home = 5;
    private const int Fields = 7;

    // Asked for the home directory and, a moment later, for the name.
    private static Entry? s_last;

    /// <summary>The home directory of a user; <c>null</c> if there is no such user, as for a made-up one in a container.</summary>
    public static string? HomeOf(uint user) => Find(user)?.Home;

    /// <summary>The name of a user, or its number if it has none.</summary>
    public static string NameOf(uint user) => Find(user)?.Name ?? user.ToString(CultureInfo.InvariantCulture);

    private static Entry? Find(uint user)
    {
        if (s_last?.User != user)
        {
            s_last = LookInFile(user) ?? Ask(user);
        }

        return s_last;
    }

    /// <summary>
    /// Looks where nearly every user is, without the C library's machinery of name services: that reads three files and
    /// asks a daemon, which took a twentieth of a whole <c>buildguard run true</c>.
    /// </summary>
    private static Entry? LookInFile(uint user)
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
        return EntryOf(Encoding.UTF8.GetString(read[..(read.LastIndexOf((byte)'\n') + 1)]), user);
    }

    /// <summary>
    /// Asks the name services by <c>getent(1)</c>: they are libraries that the C library loads, and ours may be linked into
    /// the program, where it cannot.
    /// </summary>
    private static Entry? Ask(uint user)
    {
        if (UnixPlaceApi.Access(NameService, UnixPlaceApi.X_OK) != 0)
        {
            return null;
        }

        nint stream = OpenPipe(string.Create(CultureInfo.InvariantCulture, $"{NameService} passwd {user} 2>/dev/null"), "re");
        if (stream == 0)
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[8 * 1024];
        nuint length;
        fixed (byte* start = buffer)
        {
            length = Read(start, 1, (nuint)buffer.Length, stream);
        }

        _ = ClosePipe(stream);
        return EntryOf(Encoding.UTF8.GetString(buffer[..(int)length]), user);
    }

    private static Entry? EntryOf(string text, uint user)
    {
        Span<Range> fields = stackalloc Range[Fields + 1];

        // At line feeds only: a description may hold any other end of a line.
        foreach (Range range in text.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> line = text.AsSpan(range);
            if (line.Split(fields, ':') == Fields
                && uint.TryParse(line[fields[Uid]], NumberStyles.None, null, out uint uid)
                && uid == user)
            {
                return new Entry(uid, Text(line[fields[Name]]), Text(line[fields[Home]]));
            }
        }

        return null;
    }

    private static string? Text(ReadOnlySpan<char> field) => field.IsEmpty ? null : field.ToString();

    /// <summary>popen(3): with <c>e</c> no other child inherits it.</summary>
    [LibraryImport("libc", EntryPoint = "popen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenPipe(string command, string mode);

    /// <summary>fread(3)</summary>
    [LibraryImport("libc", EntryPoint = "fread")]
    private static partial nuint Read(byte* buffer, nuint size, nuint count, nint stream);

    /// <summary>pclose(3): waits for the command.</summary>
    [LibraryImport("libc", EntryPoint = "pclose")]
    private static partial int ClosePipe(nint stream);

    private sealed record Entry(uint User, string? Name, string? Home);
}
