using BuildGuard.Diagnostics;

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

        try
        {
            _file = files.Create(path);
        }
        catch (GuardException)
        {
            // The directory is gone, and the ticket out of place; or somebody has put a file there, whose lock may never come
            // free. Whoever is next sleeps on the ticket itself.
            return;
        }

        _file.LockExclusive();
        if (shared)
        {
            _file.Publish();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            if (_file is not null)
            {
                _files.Delete(_path);
                _file.Dispose();
            }
        }
    }
}
