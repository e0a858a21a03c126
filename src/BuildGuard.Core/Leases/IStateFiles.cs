using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>What the lease tree needs of a file system: small files that can be locked. Paths are absolute.</summary>
public interface IStateFiles
{
    /// <summary>This user's id.</summary>
    uint User { get; }

    /// <summary>
    /// Makes sure that a directory is there and can be trusted: ours, not a link, closed to others.
    /// </summary>
    /// <exception cref="Diagnostics.GuardException">BG0010: it cannot be trusted or made; the reason and the remedy are in the text.</exception>
    void EnsureDirectory(string path, bool shared);

    /// <summary>The names in a directory; empty if it is not there.</summary>
    List<string> List(string path);

    /// <summary>
    /// Whether a directory is one, no link to one, that the user of a file made and nobody else may write to. In a directory that
    /// users share anybody can put a directory or a link beside another's file.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <param name="file">The file; one that is gone is taken for this user's.</param>
    bool IsMadeBy(string directory, string file);

    /// <summary>Whether a directory is one, no link to one, and this user's.</summary>
    bool IsOwn(string directory);

    /// <summary>Whether a file or directory is there.</summary>
    bool Exists(string path);

    /// <summary>
    /// Opens a file without following a link; <c>null</c> if there is none, it is no plain file, or it is another user's who lets
    /// nobody read it, as none of ours.
    /// </summary>
    LockFile? Open(string path, bool write);

    /// <summary>Creates a file that must not be there yet, closed to other users.</summary>
    LockFile Create(string path);

    /// <summary>Opens a file, and creates it if it is not there; <c>null</c> if its directory is not there.</summary>
    LockFile? OpenOrCreate(string path, bool shared);

    /// <summary>
    /// The files that other processes keep locked for themselves, wherever they stand by now; those of processes that may be
    /// looked into and for which the directory is the same. With the path of each that was directly in the directory and was
    /// deleted, or has been replaced by another; without one for the others, of which only some may ever have been there.
    /// </summary>
    IReadOnlyList<(string? Path, LockFile File)> OpenLocked(string directory);

    /// <summary>
    /// The other processes that keep a file locked for themselves that is, or was before it was deleted, somewhere below a
    /// directory; with the paths. Only those that may be looked into. It does not matter whether the directory is there.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <param name="isWanted">Whether a process is to be looked into, which takes the longer the more files it has open; by default all are.</param>
    IReadOnlyList<(int Pid, string Path)> HoldersBelow(string directory, Predicate<int>? isWanted = null);

    /// <summary>Removes a file; nothing happens if it is gone already.</summary>
    void Delete(string path);

    /// <summary>Removes an empty directory; nothing happens if it is gone already or not empty.</summary>
    void DeleteDirectory(string path);

    /// <summary>
    /// Removes a directory of another user's with what is in it, as far as this one may. What that user puts in the way meanwhile
    /// leads nowhere else.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <param name="isOurs">Tells by its name what may be removed; anything else stays, with the directories around it.</param>
    void DeleteTree(string directory, Predicate<string> isOurs);

    /// <summary>
    /// Moves a file or directory that cannot be understood out of the way, into the directory given, or aside where it is if that
    /// is on another file system. <c>false</c>: it is gone, or another user's.
    /// </summary>
    bool MoveAside(string path, string directory);
}

/// <summary>
/// An open file with an advisory lock that the kernel drops when its last handle closes, however the process ends.
/// Never inherited by a child. (Unix: <c>flock(2)</c>; Windows: <c>LockFileEx</c> beyond the content.)
/// </summary>
public abstract class LockFile : IDisposable
{
    /// <summary>Takes the lock for this handle alone; waits without end.</summary>
    public abstract void LockExclusive();

    /// <summary>Takes the lock for this handle alone if nobody has it.</summary>
    public abstract bool TryLockExclusive();

    /// <summary>Takes the lock together with other readers; waits without end and without using the CPU.</summary>
    public abstract void LockShared();

    /// <summary>Takes the lock together with other readers if nobody has it exclusively.</summary>
    public abstract bool TryLockShared();

    /// <summary>Gives the lock back; the file stays open.</summary>
    public abstract void Unlock();

    /// <summary>Reads from an offset; returns how many bytes were there.</summary>
    public abstract int Read(Span<byte> buffer, long offset);

    /// <summary>Writes at an offset.</summary>
    /// <exception cref="Diagnostics.GuardException">BG0011: the disk is full or the file cannot be written.</exception>
    public abstract void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>
    /// Lets every user read the file, past the mask of this process: who cannot open it cannot wait for it. Before, nobody else
    /// can have opened it, nor keep its lock.
    /// </summary>
    public abstract void Publish();

    /// <summary>
    /// Whether what this file says of a process can be believed: nobody can have written it but that process's user, this
    /// one, or root. A directory that users share may hold anything.
    /// </summary>
    public abstract bool CanSpeakFor(ProcessIdentity process);

    /// <summary>
    /// The id of the user who made the file; <c>null</c> if it cannot be told, or it has a second name, which somebody else may
    /// have given it.
    /// </summary>
    public abstract uint? User { get; }

    /// <summary>Whether this user made the file.</summary>
    public abstract bool IsOwn { get; }

    /// <summary>Whether it stands nowhere any more.</summary>
    public abstract bool IsDeleted { get; }

    /// <summary>Whether the path still leads to this very file.</summary>
    public abstract bool IsAt(string path);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the handle, which drops the lock.</summary>
    protected abstract void Dispose(bool disposing);
}
