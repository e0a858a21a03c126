namespace BuildGuard.Settings;

/// <summary>What the settings need of a file system.</summary>
public interface ISettingsFiles
{
    /// <summary>The directory above one; <c>null</c> at the root.</summary>
    string? Parent(string directory);

    /// <summary>
    /// The content of a file; <c>null</c> if there is none. Reads at most <paramref name="maxBytes"/> + 1 bytes, so that
    /// the caller sees that it is too long.
    /// </summary>
    /// <exception cref="IOException">It is there and cannot be read; the message says why.</exception>
    byte[]? Read(string directory, string name, int maxBytes);
}
