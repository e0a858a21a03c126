using System.Text;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>
/// The arguments of a command byte for byte as this program was given them. The runtime makes text of them, and what is no
/// valid UTF-8, like a file name in Latin-1, is changed by that.
/// </summary>
internal static class ArgumentBytes
{
    private const char Replacement = '\uFFFD';

    private static readonly Lazy<byte[][]> s_given = new(Read);

    /// <summary>Whether a text may have been other bytes.</summary>
    public static bool MayDiffer(string text) => text.Contains(Replacement, StringComparison.Ordinal);

    /// <summary>The bytes of each argument, without a null at the end; <c>null</c> where they are those of the texts.</summary>
    /// <param name="arguments">The last ones are those that this program was given in this order.</param>
    public static byte[][]? Of(ReadOnlySpan<string> arguments)
    {
        foreach (string argument in arguments)
        {
            if (MayDiffer(argument))
            {
                byte[][] bytes = [.. arguments.ToArray().Select(Encoding.UTF8.GetBytes)];
                Restore(bytes, s_given.Value);
                return bytes;
            }
        }

        return null;
    }

    /// <summary>The bytes of the file that a command was found as.</summary>
    /// <param name="file">The file: the command itself, or a directory, a slash, and the command.</param>
    /// <param name="command">The command.</param>
    /// <param name="bytes">The command's bytes.</param>
    public static byte[] OfFile(string file, string command, byte[] bytes) =>
        MayDiffer(command) && file.EndsWith(command, StringComparison.Ordinal)
            ? [.. Encoding.UTF8.GetBytes(file[..^command.Length]), .. bytes]
            : Encoding.UTF8.GetBytes(file);

    /// <summary>Takes the bytes from where the longest tail of the arguments stands among the given, of several places from the last.</summary>
    internal static void Restore(byte[][] arguments, byte[][] given)
    {
        string[] texts = [.. arguments.Select(Encoding.UTF8.GetString)];
        string[] all = [.. given.Select(Encoding.UTF8.GetString)];
        (int length, int end) = (0, 0);
        for (int at = all.Length; at > 0; at--)
        {
            int same = 0;
            while (same < Math.Min(at, texts.Length) && all[at - 1 - same] == texts[texts.Length - 1 - same])
            {
                same++;
            }

            (length, end) = same > length ? (same, at) : (length, end);
        }

        for (int i = 1; i <= length; i++)
        {
            arguments[^i] = given[end - i];
        }
    }

    private static byte[][] Read()
    {
        List<byte[]> arguments = [];
        ReadOnlySpan<byte> text = ProcFile.ReadAll("/proc/self/cmdline");
        if (text.IsEmpty)
        {
            return [];
        }

        // Each ends with a zero byte, the last one too.
        foreach (Range range in text[..^1].Split((byte)0))
        {
            arguments.Add(text[range].ToArray());
        }

        return [.. arguments];
    }
}
