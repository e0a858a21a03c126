using System.Runtime.Versioning;

namespace BuildGuard.Cli.Programs;

/// <summary>Files of others that we write: never seen half written, and with the mode that they had.</summary>
internal static class ForeignFile
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The mode of an ordinary file.</summary>
    public const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The mode of a program.</summary>
    public const UnixFileMode Program = Plain | Executable;

    /// <summary>Writes a file in the place of the one that is there, whose mode it keeps.</summary>
    /// <param name="path">The file. Its directory is there.</param>
    /// <param name="content">What it holds.</param>
    /// <param name="mode">Its mode if there was none.</param>
    /// <exception cref="IOException">It cannot be written; nothing of it is left.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode = Plain)
    {
        Tidy(path);
        string fresh = Beside(path, $"{Environment.ProcessId}");
        try
        {
            File.WriteAllBytes(fresh, content);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(fresh, ModeOf(path) ?? mode);
            }

            File.Move(fresh, path, overwrite: true);
        }
        catch
        {
            File.Delete(fresh);
            throw;
        }
    }

    /// <summary>Removes what others left beside a file that were ended while they wrote it.</summary>
    public static void Tidy(string path)
    {
        string begin = Path.GetFileName(Beside(path, ""));
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            return;
        }

        foreach (string left in Directory.EnumerateFiles(Path.GetDirectoryName(path)!).Where(file => Path.GetFileName(file).StartsWith(begin, StringComparison.Ordinal)))
        {
            if (int.TryParse(Path.GetFileName(left)[begin.Length..], out int writer) && !Directory.Exists($"/proc/{writer}"))
            {
                File.Delete(left);
            }
        }
    }

    /// <summary>The file that a link leads to, so that the link stays one; any other is itself.</summary>
    public static string Behind(string path) => (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? path;

    /// <summary>Whether somebody may execute it.</summary>
    public static bool IsExecutable(string path) =>
        OperatingSystem.IsWindows() ? File.Exists(path) : ModeOf(path) is { } mode && (mode & Executable) != 0;

    private static string Beside(string path, string writer) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.buildguard-{writer}");

    /// <summary>The mode of a file, or of the one that a link leads to; <c>null</c>: there is none, though a link may be.</summary>
    [UnsupportedOSPlatform("windows")]
    private static UnixFileMode? ModeOf(string path)
    {
        try
        {
            return File.GetUnixFileMode(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
