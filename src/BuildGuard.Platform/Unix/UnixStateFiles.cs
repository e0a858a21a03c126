using System.IO.Enumeration;
using System.Runtime.InteropServices;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>The state directory on a Unix file system: private to the user, never through a link.</summary>
public sealed class UnixStateFiles : IStateFiles
{
    private const int PrivateDirectory = 0x1C0; // 0700
    private const int SharedDirectory = 0x3FF; // 1777: everybody may add, nobody may remove what is another's
    private const int PrivateFile = 0x180; // 0600
    private const int SharedMutex = 0x1B6; // 0666
    private const int GroupOrWorld = 0x3F; // 0077
    private const int Sticky = 0x200; // 01000
    private const int MostCopies = 1000;
    private const int ReadWriteAndEnter = 7;
    private const int ReadAndEnter = 5;

    /// <inheritdoc/>
    public uint User => Geteuid();

    /// <inheritdoc/>
    public void EnsureDirectory(string path, bool shared)
    {
        ArgumentNullException.ThrowIfNull(path);
        for (int attempt = 0; ; attempt++)
        {
            if (Statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out FileStatus status) == 0)
            {
                CheckTrust(path, status, shared, ReadWriteAndEnter);
                return;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error != ENOENT || attempt == 3)
            {
                throw StateProblem.NotMade(path, error);
            }

            Make(path, shared);
        }
    }

    /// <summary>
    /// Makes sure that a directory, if it is there, can be trusted and looked into: what viewers need. One that is not there
    /// is an empty one.
    /// </summary>
    /// <exception cref="Diagnostics.GuardException">BG0010 or BG0011: it cannot; the reason and the remedy are in the text.</exception>
    public static void RequireReadable(string path, bool shared)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out FileStatus status) == 0)
        {
            CheckTrust(path, status, shared, ReadAndEnter);
        }
        else if (Marshal.GetLastPInvokeError() is var error && error != ENOENT)
        {
            throw StateProblem.NotRead(path, error);
        }
    }

    /// <summary>The mode of a directory that others may do anything with; <c>null</c>: they may not, or it is not there.</summary>
    public static UnixFileMode? ModeOpenToOthers(string path) =>
        Statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out FileStatus status) == 0 && (status.Mode & GroupOrWorld) != 0
            ? (UnixFileMode)(status.Mode & 0xFFF)
            : null;

    /// <summary>Writes a file in the place of whatever stands there, which need not be readable, but no directory.</summary>
    /// <param name="path">The file. Its directory is there.</param>
    /// <param name="bytes">What it shall hold.</param>
    /// <exception cref="Diagnostics.GuardException">BG0011: it cannot be written; the reason and the remedy are in the text.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            WholeFile.Replace(path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StateProblem.NotWritable(path, NumberOf(e));
        }
    }

    /// <inheritdoc/>
    public List<string> List(string path)
    {
        try
        {
            return [.. new FileSystemEnumerable<string>(path, (ref FileSystemEntry entry) => entry.FileName.ToString(), s_everything)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (IOException) when (IsNoDirectory(path))
        {
            return [];
        }
        catch (UnauthorizedAccessException) when (IsAnothers(path))
        {
            // What runs inside a lease of the lock "machine" is its user's affair.
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StateProblem.NotRead(path, NumberOf(e));
        }
    }

    /// <inheritdoc/>
    public bool IsMadeBy(string directory, string file) =>
        Statx(AT_FDCWD, directory, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out FileStatus made) == 0
        && made.IsDirectory
        && (made.Mode & GroupOrWorldWritable) == 0
        && made.Uid == (Statx(AT_FDCWD, file, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out FileStatus maker) == 0 ? maker.Uid : Geteuid());

    /// <inheritdoc/>
    public bool IsOwn(string directory) =>
        Statx(AT_FDCWD, directory, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out FileStatus made) == 0 && made.IsDirectory && made.Uid == Geteuid();

    /// <inheritdoc/>
    public bool Exists(string path) => Statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out _) == 0;

    /// <inheritdoc/>
    public LockFile? Open(string path, bool write)
    {
        // Without O_NONBLOCK a named pipe that somebody put there would hold us for ever.
        int fd = UnixFileApi.Open(path, (write ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
        if (fd < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error is ENOENT or ELOOP or EISDIR or ENXIO or ENOTDIR || (error is EACCES or EWOULDBLOCK && !write && IsClosedByAnother(path))
                ? null
                : throw StateProblem.NotOpened(path, error);
        }

        return PlainFile(fd, path);
    }

    /// <inheritdoc/>
    public LockFile Create(string path)
    {
        int fd = UnixFileApi.Open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, PrivateFile);
        return fd >= 0 ? new UnixLockFile(fd, path) : throw StateProblem.NotWritable(path, Marshal.GetLastPInvokeError());
    }

    /// <inheritdoc/>
    public LockFile? OpenOrCreate(string path, bool shared)
    {
        // A sticky directory on a kernel with fs.protected_regular refuses O_CREAT on another user's file.
        int fd = UnixFileApi.Open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
        if (fd < 0 && Marshal.GetLastPInvokeError() == ENOENT)
        {
            fd = UnixFileApi.Open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, shared ? SharedMutex : PrivateFile);
            if (fd >= 0 && shared)
            {
                _ = Fchmod(fd, SharedMutex); // past the umask
            }
        }

        if (fd < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == ENOENT ? null : throw StateProblem.NotOpened(path, error);
        }

        return PlainFile(fd, path) ?? throw StateProblem.NoPlainFile(path, isDirectory: false);
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string? Path, LockFile File)> OpenLocked(string directory) =>
        LockedFiles.Open(directory, PlainFile);

    /// <inheritdoc/>
    public IReadOnlyList<(int Pid, string Path)> HoldersBelow(string directory, Predicate<int>? isWanted = null) =>
        HeldFiles.Below(directory, isWanted);

    /// <inheritdoc/>
    public void Delete(string path) => _ = Unlink(path);

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => _ = Rmdir(path);

    /// <inheritdoc/>
    public void DeleteTree(string directory, Predicate<string> isOurs) => ForeignTree.Delete(directory, isOurs);

    /// <inheritdoc/>
    public bool MoveAside(string path, string directory)
    {
        ArgumentNullException.ThrowIfNull(path);
        EnsureDirectory(directory, shared: false);
        string target = $"{directory}/{Path.GetFileName(path)}";
        string next = target;
        for (int copy = 1; Rename(path, next) != 0; copy++)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case EXDEV when target != path + ".damaged":
                    // The shared directory may be on another file system: there it stays beside where it was, under no ticket's name.
                    next = target = path + ".damaged";
                    break;
                case ENOTEMPTY or EEXIST or EISDIR or ENOTDIR when copy <= MostCopies:
                    next = $"{target}.{copy}";
                    break;
                case ENOENT or EPERM or EACCES:
                    return false;
                case var error:
                    throw StateProblem.NotWritable(path, error);
            }
        }

        return true;
    }

    /// <summary>Whether the file itself, and not the way to it, is another user's and closed to us.</summary>
    private static bool IsClosedByAnother(string path) =>
        Statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out FileStatus status) == 0 && status.Uid != Geteuid();

    /// <summary>A directory that may not be read is not an empty one.</summary>
    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>The error number that the framework made an exception of, which it keeps where an HRESULT would stand.</summary>
    private static int NumberOf(Exception e) => (e.InnerException ?? e).HResult is > 0 and var number ? number : EIO;

    private static bool IsAnothers(string path) =>
        Statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, out FileStatus status) == 0 && status.Uid != Geteuid();

    /// <summary>Not so one that may not be looked at: it would seem empty.</summary>
    private static bool IsNoDirectory(string path) =>
        Statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, out FileStatus status) == 0
            ? !status.IsDirectory
            : Marshal.GetLastPInvokeError() is ENOENT or ENOTDIR;

    private static LockFile? PlainFile(int fd, string path)
    {
        if (Statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, out FileStatus status) == 0 && status.IsPlainFile)
        {
            return new UnixLockFile(fd, path);
        }

        _ = Close(fd);
        return null;
    }

    private void Make(string path, bool shared)
    {
        if (Mkdir(path, shared ? SharedDirectory : PrivateDirectory) == 0)
        {
            if (shared)
            {
                int fd = UnixFileApi.Open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
                _ = Fchmod(fd, SharedDirectory); // past the umask
                _ = Close(fd);
            }

            return;
        }

        int error = Marshal.GetLastPInvokeError();
        string? parent = Path.GetDirectoryName(path);
        if (error == ENOENT && parent is not null && parent != path)
        {
            EnsureParent(parent);
        }
        else if (error != EEXIST)
        {
            throw StateProblem.NotMade(path, error);
        }
    }

    /// <summary>A directory above ours: made private if it is missing, but if it is there its mode is its owner's affair.</summary>
    private void EnsureParent(string path)
    {
        if (!Exists(path))
        {
            Make(path, shared: false);
        }
    }

    private static void CheckTrust(string path, in FileStatus status, bool shared, int needed)
    {
        if ((status.Mode & S_IFMT) != S_IFDIR)
        {
            throw StateProblem.NotTrusted(path, "it is a link or no directory", "remove it");
        }

        if (!shared && status.Uid != Geteuid())
        {
            throw StateProblem.NotTrusted(path, $"it belongs to another user (uid {status.Uid}, not {Geteuid()})", "have it removed");
        }

        // One that we cannot look into would seem empty, and we first.
        int missing = needed & ~(shared ? status.Mode : status.Mode >> 6);
        if (missing != 0 && (!shared || status.Uid != Geteuid()))
        {
            throw StateProblem.NotTrusted(
                path,
                $"{(shared ? "not everybody may" : "its owner may not")} {Permission(missing)} it (mode {Convert.ToString(status.Mode & 0xFFF, 8)})",
                ByOwner($"chmod {(shared ? "1777" : "700")} {ShellWord.Quote(path)}", status));
        }

        if (shared)
        {
            if ((status.Mode & GroupOrWorldWritable) != 0 && (status.Mode & Sticky) == 0)
            {
                throw StateProblem.NotTrusted(path, "others may remove files in it", ByOwner($"chmod +t {ShellWord.Quote(path)}", status));
            }

            return;
        }

        if ((status.Mode & GroupOrWorldWritable) != 0)
        {
            throw StateProblem.NotTrusted(path, $"others may write to it (mode {Convert.ToString(status.Mode & 0xFFF, 8)})", $"run: chmod 700 {ShellWord.Quote(path)}");
        }
    }

    /// <summary>Only the owner of a directory, or root, can change its mode.</summary>
    private static string ByOwner(string command, in FileStatus status) =>
        Geteuid() is var self && (self == 0 || self == status.Uid) ? $"run: {command}" : $"have its owner (uid {status.Uid}) or root run: {command}";

    /// <summary>The permissions that are missing, in words that fit before "it".</summary>
    private static string Permission(int missing) => missing switch
    {
        1 => "enter",
        2 => "write to",
        3 => "write to and enter",
        4 => "read",
        5 => "read and enter",
        6 => "read and write to",
        _ => "read, write to and enter",
    };
}
