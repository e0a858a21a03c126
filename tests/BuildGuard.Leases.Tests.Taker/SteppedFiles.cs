namespace BuildGuard.Leases.Taker;

/// <summary>
/// State files that call back before every step a process takes on them, so that it can be stopped or killed exactly
/// there. A step that throws does not happen.
/// </summary>
public sealed class SteppedFiles(IStateFiles inner, ISteps steps) : IStateFiles
{
    public void EnsureDirectory(string path, bool shared) =>
        Do("mkdir", path, () => { inner.EnsureDirectory(path, shared); return 0; });

    public List<string> List(string path) => Do("list", path, () => inner.List(path));

    public bool IsMadeBy(string directory, string file) => Do("isMadeBy", directory, () => inner.IsMadeBy(directory, file));

    public uint User => inner.User;

    public bool IsOwn(string directory) => Do("isOwn", directory, () => inner.IsOwn(directory));

    public void DeleteTree(string directory, Predicate<string> isOurs) =>
        Do("deleteTree", directory, () => { inner.DeleteTree(directory, isOurs); return 0; });

    public bool Exists(string path) => Do("exists", path, () => inner.Exists(path));

    public LockFile? Open(string path, bool write) => Wrap(Do("open", path, () => inner.Open(path, write)), path);

    public LockFile Create(string path) => Wrap(Do("create", path, () => inner.Create(path)), path)!;

    public LockFile? OpenOrCreate(string path, bool shared) =>
        Wrap(Do("openOrCreate", path, () => inner.OpenOrCreate(path, shared)), path);

    public IReadOnlyList<(string? Path, LockFile File)> OpenLocked(string directory) =>
        [.. Do("openLocked", directory, () => inner.OpenLocked(directory)).Select(found => (found.Path, (LockFile)Wrap(found.File, found.Path ?? "")!))];

    public IReadOnlyList<(int Pid, string Path)> HoldersBelow(string directory, Predicate<int>? isWanted = null) =>
        Do("holdersBelow", directory, () => inner.HoldersBelow(directory, isWanted));

    public void Delete(string path) => Do("delete", path, () => { inner.Delete(path); return 0; });

    public void DeleteDirectory(string path) => Do("rmdir", path, () => { inner.DeleteDirectory(path); return 0; });

    public bool MoveAside(string path, string directory) =>
        Do("moveAside", path, () => inner.MoveAside(path, directory));

    private T Do<T>(string step, string path, Func<T> action) => steps.Do(step, path, action);

    private SteppedLockFile? Wrap(LockFile? file, string path)
    {
        if (file is null)
        {
            return null;
        }

        steps.Opened(file);
        return new SteppedLockFile(file, steps, path);
    }
}
