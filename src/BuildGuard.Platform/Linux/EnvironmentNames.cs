using System.Runtime.InteropServices;
using System.Text;
using BuildGuard.Platform.Linux.Spawn;

namespace BuildGuard.Platform.Linux;

/// <summary>The names in this process's environment. Every guarded command pays for the look, so nothing is copied that is not asked for.</summary>
public static unsafe class EnvironmentNames
{
    /// <summary>Those that begin in a certain way.</summary>
    public static string[] StartingWith(ReadOnlySpan<byte> prefix)
    {
        List<string>? names = null;
        for (byte** entry = EnvironmentBlock.Environ; entry is not null && *entry is not null; entry++)
        {
            ReadOnlySpan<byte> text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*entry);
            if (text.StartsWith(prefix) && text.IndexOf((byte)'=') is var end and >= 0)
            {
                (names ??= []).Add(Encoding.UTF8.GetString(text[..end]));
            }
        }

        return names is null ? [] : [.. names];
    }
}
