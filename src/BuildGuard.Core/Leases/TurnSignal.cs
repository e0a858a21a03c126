namespace BuildGuard.Leases;

/// <summary>
/// With several slots: a file kept locked while a ticket waits, so that the next waiter can sleep until this one is
/// granted, which its own lock does not tell.
/// </summary>
internal sealed class TurnSignal : IDisposable
{
    private readonly IStateFiles _files;
    private readonly string _path;
    private readonly LockFile? _file;
    private int _disposed;

    public TurnSignal(IStateFiles files, string path, bool shared)
    {
        _files = files;
        _path = path;

        // Without its directory the ticket itself is out of place, and nobody looks for its signal.
        _file = files.OpenOrCreate(path, shared);
        _file?.LockExclusive();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _files.Delete(_path);
            _file?.Dispose();
        }
    }
}
