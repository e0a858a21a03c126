namespace BuildGuard.Tasks.Sessions;

/// <summary>The file that the process served by a session keeps locked.</summary>
internal static class OwnerFile
{
    private const int Attempts = 20;

    /// <summary>
    /// Opens it for this process alone. While it is open the lease counts as held, also when the helper was killed.
    /// </summary>
    /// <returns><c>null</c>: the same build holds it already, for projects with other settings asked first.</returns>
    /// <exception cref="IOException">There is no such file.</exception>
    public static FileStream? Hold(string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException problem) when (problem is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
            {
                // Whoever asks whether the lease is live has the file too, but only for some microseconds.
                if (attempt == Attempts)
                {
                    return null;
                }

                Thread.Sleep(1);
            }
        }
    }
}
