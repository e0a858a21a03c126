using BuildGuard.Settings;

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

        // A named pipe or a device of that name would hold us for ever; only plain files have a length and can be sought.
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            return null;
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
