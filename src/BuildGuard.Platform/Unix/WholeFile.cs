using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>A file that is there whole or not at all: it is written under another name beside its place, and renamed.</summary>
public static class WholeFile
{
    /// <summary>The mode of a file that is nobody else's business.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Writes a file that somebody named. What is there and is no plain file (a pipe, <c>/dev/null</c>) is
    /// written into instead: it must not be replaced. So is a plain file in whose place no new one can be put: it is mounted by itself, or
    /// its folder is others'. A new file is private (0600), for command lines stand in it.
    /// </summary>
    /// <param name="path">Absolute.</param>
    /// <param name="bytes">What it shall hold.</param>
    /// <exception cref="IOException">It could not be written; nothing of it is left.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        bool isThere = Statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, out FileStatus there) == 0;
        if (isThere && there.IsDirectory)
        {
            throw new IOException(Reason(EISDIR));
        }

        if (isThere && !there.IsPlainFile)
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(bytes);
            return;
        }

        string target = TargetOf(path, isThere);
        try
        {
            Replace(target, bytes);
        }
        catch (Exception e) when (isThere && target == path && KeepsItsPlace(e))
        {
            using FileStream stream = OpenInPlace(path, FileMode.Truncate);
            stream.Write(bytes);
        }
    }

    /// <summary>Sees whether <see cref="Write"/> could write it, as far as that can be known before: nothing is changed.</summary>
    /// <inheritdoc cref="Write"/>
    public static void Check(string path)
    {
        bool isThere = Statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, out FileStatus there) == 0;
        if (isThere && there.IsDirectory)
        {
            throw new IOException(Reason(EISDIR));
        }

        if (!isThere || there.IsPlainFile)
        {
            string target = TargetOf(path, isThere), fresh = Beside(target, $"{Environment.ProcessId}");
            try
            {
                Create(fresh).Dispose();
                _ = Unlink(fresh);
            }
            catch (IOException e) when (isThere && target == path && KeepsItsPlace(e) && CanOpenInPlace(path))
            {
            }
        }
    }

    private static string TargetOf(string path, bool isThere) =>
        (isThere ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? path;

    /// <summary>Whether a file failed to be made or renamed for what its folder or its place allows. What a full disk refused would only be lost in place.</summary>
    private static bool KeepsItsPlace(Exception e) => e is UnauthorizedAccessException or IOException { HResult: EPERM or EACCES or EBUSY or EXDEV or EROFS };

    private static FileStream OpenInPlace(string path, FileMode mode) => new(path, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private static bool CanOpenInPlace(string path)
    {
        try
        {
            OpenInPlace(path, FileMode.Open).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The same in the place of whatever stands there: a link or a pipe, too, is replaced, and nothing it leads to is touched.</summary>
    /// <param name="target">The file. Its directory is there.</param>
    /// <param name="bytes">What it shall hold.</param>
    /// <param name="mode">Its mode.</param>
    /// <inheritdoc cref="Write"/>
    public static void Replace(string target, ReadOnlySpan<byte> bytes, UnixFileMode mode = Private)
    {
        Tidy(target);
        string fresh = Beside(target, $"{Environment.ProcessId}");
        try
        {
            using (SafeFileHandle handle = Create(fresh))
            using (var stream = new FileStream(handle, FileAccess.Write, bufferSize: 0))
            {
                stream.Write(bytes);

                // Where the file system knows no modes there is none to be kept.
                _ = mode == Private ? 0 : Fchmod((int)handle.DangerousGetHandle(), (int)mode);
            }

            File.Move(fresh, target, overwrite: true);
        }
        catch
        {
            _ = Unlink(fresh);
            throw;
        }
    }

    /// <summary>Removes what others left beside a file that were ended while they wrote it. What is written just now stays.</summary>
    public static void Tidy(string target)
    {
        string folder = Path.GetDirectoryName(target)!;
        string begin = Path.GetFileName(Beside(target, ""));
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string left in Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file).StartsWith(begin, StringComparison.Ordinal)))
        {
            // Nobody but us has our number, and we are not at it yet.
            if (int.TryParse(Path.GetFileName(left)[begin.Length..], out int writer) && (writer == Environment.ProcessId || !Directory.Exists($"/proc/{writer}")))
            {
                File.Delete(left);
            }
        }
    }

    /// <summary>A link that somebody put there is not followed.</summary>
    private static SafeFileHandle Create(string fresh)
    {
        int fd = Open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (int)Private);
        if (fd < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException(Reason(error), error);
        }

        return new SafeFileHandle(fd, ownsHandle: true);
    }

    private static string Beside(string target, string writer) => Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.buildguard-{writer}");
}
