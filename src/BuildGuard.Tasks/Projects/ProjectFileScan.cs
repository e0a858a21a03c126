#if NET
using System.Buffers;
#endif

namespace BuildGuard.Tasks.Projects;

/// <summary>
/// Whether a file of a project is worth parsing. Most are the SDK's and of no concern: some hundred for each project, which it takes
/// longer to decode than all else that the guard does for a project.
/// </summary>
internal static class ProjectFileScan
{
#if NET
    /// <summary>Whether it may set a property of the guard's or replace a task.</summary>
    /// <exception cref="IOException">It cannot be read; nor where access is denied.</exception>
    public static bool MayConcern(string file, int length)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        try
        {
            using var handle = File.OpenHandle(file);
            var bytes = buffer.AsSpan(0, RandomAccess.Read(handle, buffer, 0));
            return IsWide(bytes) || bytes.IndexOf("BuildGuard"u8) >= 0 || HasOverride(bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The byte order mark of UTF-16, whose letters are two bytes each.</summary>
    private static bool IsWide(ReadOnlySpan<byte> bytes) => bytes.Length > 1 && bytes[0] + bytes[1] == 0xFF + 0xFE;

    /// <summary>Whether the attribute stands anywhere: the word alone is in many files of the SDK.</summary>
    private static bool HasOverride(ReadOnlySpan<byte> bytes)
    {
        for (int at; (at = bytes.IndexOf("Override"u8)) >= 0;)
        {
            bytes = bytes.Slice(at + "Override"u8.Length).TrimStart(" \t\r\n"u8);
            if (!bytes.IsEmpty && bytes[0] == '=')
            {
                return true;
            }
        }

        return false;
    }
#else
    /// <summary>Every file is parsed: .NET Framework has no fast search in bytes.</summary>
    public static bool MayConcern(string file, int length) => true;
#endif
}
