using System.Runtime.Versioning;
using BuildGuard.Platform.Unix;

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
        try
        {
            WholeFile.Replace(path, content, (OperatingSystem.IsWindows() ? null : ModeOf(path)) ?? mode);
        }
        catch (IOException e)
        {
            throw new IOException($"{path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>The file that a link leads to, so that the link stays one; any other is itself.</summary>
    public static string Behind(string path) => (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? path;

    /// <summary>Whether somebody may execute it.</summary>
    public static bool IsExecutable(string path) =>
        OperatingSystem.IsWindows() ? File.Exists(path) : ModeOf(path) is { } mode && (mode & Executable) != 0;

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
