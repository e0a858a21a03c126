using BuildGuard.Settings;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform;

/// <summary>Reads <c>buildguard.json</c> from the file system.</summary>
public sealed class SettingsFiles : ISettingsFiles
{
    /// <inheritdoc/>
    public string? Parent(string directory) => Path.GetDirectoryName(directory);

    /// <inheritdoc/>
    public byte[]? Read(string directory, string name, int maxBytes)
    {
        string path = Path.Join(directory, name);

        var info = new FileInfo(path);
        if (!info.Exists)
        {
            return null;
        }

        // A named pipe of that name would hold us when it is opened.
        if (Statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, out FileStatus status) == 0 && !status.IsPlainFile)
        {
            throw new IOException("it is no plain file");
        }

        // The texts of the framework's own exceptions are left out of the published program.
        try
        {
            using FileStream stream = info.Open(new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
            return stream.CanSeek ? ReadFrom(stream, maxBytes) : throw new IOException("it is no plain file");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException("permission denied", e);
        }
    }

    private static byte[] ReadFrom(FileStream stream, int maxBytes)
    {
        byte[] bytes = new byte[(int)Math.Min(stream.Length, maxBytes + 1L)];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..read];
    }
}
