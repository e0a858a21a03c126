namespace BuildGuard.Audit;

/// <summary>What the audit trail needs of a file system. Paths are absolute.</summary>
public interface IAuditFiles
{
    /// <summary>
    /// Appends bytes in one piece, so that lines of several processes never mix. Creates the file (0600) and its directory
    /// (0700). Begins on a new line if what stands there does not end with one. Never follows a link.
    /// </summary>
    /// <returns>The length of the file afterwards, in bytes.</returns>
    /// <exception cref="IOException">It could not be written, or not whole.</exception>
    long Append(string path, ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Renames <c>path.1</c> to <c>path.2</c> and so on, dropping what is beyond <paramref name="keep"/>, then the file itself to
    /// <c>path.1</c>; but only if it still is larger than <paramref name="maxBytes"/> and nobody else is doing the same.
    /// </summary>
    void Rotate(string path, long maxBytes, int keep);

    /// <summary>Opens a file for reading, without following a link; <c>null</c> if there is none.</summary>
    /// <exception cref="Diagnostics.GuardException">BG0011: it is there and may not be read, or is no plain file.</exception>
    Stream? OpenRead(string path);

    /// <summary>The file that a path leads to now, comparable; 0 if there is none.</summary>
    ulong Identity(string path);
}
