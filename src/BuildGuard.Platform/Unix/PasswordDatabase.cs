using System.Runtime.InteropServices;
using System.Text;

namespace BuildGuard.Platform.Unix;

/// <summary>What the system knows of its users.</summary>
public static unsafe partial class PasswordDatabase
{
    private const int ERANGE = 34;
    private const int MaxBuffer = 1 << 20;

    /// <summary>The home directory of a user; <c>null</c> if there is no such user, as for a made-up one in a container.</summary>
    public static string? HomeOf(uint user) => Look(user, home: true);

    /// <summary>The name of a user, or its number if it has none.</summary>
    public static string NameOf(uint user) => Look(user, home: false) ?? user.ToString(System.Globalization.CultureInfo.InvariantCulture);

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
