using Microsoft.Win32.SafeHandles;

namespace BuildGuard.Platform.Linux;

/// <summary>Reads the short files of <c>/proc</c> and <c>/sys</c>, which have no length and no use for a buffer.</summary>
internal static class SmallFile
{
    /// <summary>The beginning of a file, as much as the buffer holds; empty if it is not there or cannot be read.</summary>
    public static ReadOnlySpan<byte> Read(string path, Span<byte> buffer)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path);
            int filled = 0;
            while (filled < buffer.Length && RandomAccess.Read(handle, buffer[filled..], filled) is var read and > 0)
            {
                filled += read;
            }

            return buffer[..filled];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
