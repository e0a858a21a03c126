using System.Runtime.InteropServices;
using System.Text;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>
/// The child's variables: this process's own, byte for byte as it was given them (also those that are no valid text),
/// with some set or removed.
/// </summary>
internal sealed unsafe partial class EnvironmentBlock
{
    /// <summary>
    /// environ(7). Asked of the runtime's native part, because a variable of the C library is found by its name only where that
    /// is a library of its own.
    /// </summary>
    internal static byte** Environ => GetEnviron();

    private readonly List<nint> _inherited = [];
    private readonly List<byte[]> _set = [];

    public EnvironmentBlock(Dictionary<string, string?> changes)
    {
        var names = new List<byte[]>(changes.Count);
        foreach ((string name, string? value) in changes)
        {
            names.Add(Encoding.UTF8.GetBytes(name + "="));
            if (value is not null)
            {
                byte[] text = Encoding.UTF8.GetBytes($"{name}={value}\0");
                _set.Add(text);
                TextBytes += text.Length;
            }
        }

        for (byte** entry = Environ; entry is not null && *entry is not null; entry++)
        {
            ReadOnlySpan<byte> text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*entry);
            if (!StartsWithAny(text, names))
            {
                _inherited.Add((nint)(*entry));
            }
        }
    }

    /// <summary>Entries, the closing null not counted.</summary>
    public int Count => _inherited.Count + _set.Count;

    /// <summary>Bytes that <see cref="Write"/> needs for text.</summary>
    public int TextBytes { get; }

    /// <summary>The value of a variable in the child; <c>null</c> if it has none.</summary>
    public string? this[string name]
    {
        get
        {
            byte[] wanted = Encoding.UTF8.GetBytes(name + "=");
            foreach (byte[] text in _set)
            {
                if (text.AsSpan().StartsWith(wanted))
                {
                    return Encoding.UTF8.GetString(text.AsSpan(wanted.Length..^1));
                }
            }

            foreach (nint entry in _inherited)
            {
                ReadOnlySpan<byte> text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry);
                if (text.StartsWith(wanted))
                {
                    return Encoding.UTF8.GetString(text[wanted.Length..]);
                }
            }

            return null;
        }
    }

    /// <summary>Writes the list of pointers and, behind <paramref name="text"/>, what they point to.</summary>
    public void Write(byte** pointers, byte* text)
    {
        foreach (nint entry in _inherited)
        {
            *pointers++ = (byte*)entry;
        }

        foreach (byte[] entry in _set)
        {
            entry.CopyTo(new Span<byte>(text, entry.Length));
            *pointers++ = text;
            text += entry.Length;
        }

        *pointers = null;
    }

    private static bool StartsWithAny(ReadOnlySpan<byte> text, List<byte[]> names)
    {
        foreach (byte[] name in names)
        {
            if (text.StartsWith(name))
            {
                return true;
            }
        }

        return false;
    }

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetEnviron")]
    private static partial byte** GetEnviron();
}
