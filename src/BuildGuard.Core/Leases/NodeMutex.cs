using BuildGuard.Diagnostics;

namespace BuildGuard.Leases;

/// <summary>
/// The short lock of one queue, held only while a number is allotted or the queue is looked through. Its file keeps
/// the counter, and the name of the ticket that was granted last, so that a holder whose file was deleted is missed.
/// </summary>
internal sealed class NodeMutex : IDisposable
{
    /// <summary>The name of its file in the queue's directory.</summary>
    public const string FileName = "mutex";

    /// <summary>Queues come and go, but not so often; a file system that gives one file two identities would keep us here.</summary>
    private const int MaxAttempts = 1000;

    private readonly IStateFiles _files;
    private readonly string _node;
    private readonly bool _shared;
    private LockFile? _file;

    public NodeMutex(IStateFiles files, string node, bool shared)
    {
        _files = files;
        _node = node;
        _shared = shared;
    }

    private string Path => $"{_node}/{FileName}";

    private LockFile File => _file ?? throw new InvalidOperationException("the mutex was never entered");

    /// <summary>
    /// Takes the lock. Whoever removes a queue removes this file too, also while we wait for its lock; such a lock
    /// protects nothing, so it is given up and the file made again.
    /// </summary>
    /// <param name="beforeWaiting">Called before it waits for somebody who has the lock.</param>
    public Hold Enter(Action? beforeWaiting = null)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            _file ??= Open();
            if (_file is null)
            {
                continue;
            }

            if (!_file.TryLockExclusive())
            {
                beforeWaiting?.Invoke();
                _file.LockExclusive();
            }

            if (IsInPlace)
            {
                return new Hold(_file);
            }

            _file.Dispose();
            _file = null;
        }

        throw LeaseMessages.MutexNeverStays(Path);
    }

    /// <summary>Takes the lock if the file is there and nobody has it; kept until this is disposed of.</summary>
    public bool TryEnter()
    {
        _file = _files.Open(Path, write: true);
        return _file is not null && _file.TryLockExclusive() && IsInPlace;
    }

    /// <summary>
    /// Forgets a lease that was ended by one who does not stand in the queue. One who does, and found it dead before, may be granted
    /// in this moment, and writes his name without the lock: it must not go with the other one, so who holds is looked for until
    /// the answer stays.
    /// </summary>
    /// <remarks>Who has the lock is not waited for. A name that stays is missed by the next one, who looks and finds nothing.</remarks>
    public void Forget(TicketName ended, Func<TicketName?> holder)
    {
        if (!TryEnter() || LastGranted != ended)
        {
            return;
        }

        TicketName? said;
        do
        {
            said = holder();
            LastGranted = said;
        }
        while (holder() != said);
    }

    /// <summary>Forgets the last holder if it is that one. Like a holder's own word, without the lock.</summary>
    public void Forget(TicketName holder)
    {
        _file ??= _files.Open(Path, write: true);
        if (_file is not null && LastGranted == holder)
        {
            LastGranted = null;
        }
    }

    /// <summary>Whether the file that we locked is still the one that the others lock.</summary>
    public bool IsInPlace => File.IsAt(Path);

    /// <summary>Removes the file, when the queue goes. The caller holds the lock.</summary>
    public void DeleteFile() => _files.Delete(Path);

    /// <summary>
    /// Whether nothing is known of the numbers that this queue has given out: it is new, somebody emptied its directory, or wrote
    /// into this file.
    /// </summary>
    public bool IsNew
    {
        get
        {
            // A holder may have written its name behind a counter that is still to come; and garbage tells of no history.
            Span<byte> digits = stackalloc byte[MutexCodec.CounterWidth];
            return !MutexCodec.IsCounter(digits[..File.Read(digits, 0)]);
        }
    }

    /// <summary>The number allotted last; 0 if there is none that can be believed.</summary>
    public ulong Counter
    {
        get
        {
            Span<byte> digits = stackalloc byte[MutexCodec.CounterWidth];
            return MutexCodec.DecodeCounter(digits[..File.Read(digits, 0)]);
        }

        set
        {
            Span<byte> line = stackalloc byte[MutexCodec.HolderOffset];
            MutexCodec.EncodeCounter(value, line);
            File.Write(line, 0);
        }
    }

    /// <summary>
    /// The ticket that was granted last and has not said that it ended. Written by holders without the lock: with one
    /// slot there is only one. With more slots it is the latest of them, which makes this a weaker net, no wrong one.
    /// </summary>
    public TicketName? LastGranted
    {
        get
        {
            Span<byte> line = stackalloc byte[MutexCodec.HolderWidth];
            return MutexCodec.DecodeHolder(line[..File.Read(line, MutexCodec.HolderOffset)]);
        }

        set
        {
            Span<byte> line = stackalloc byte[MutexCodec.HolderWidth];
            MutexCodec.EncodeHolder(value, line);
            File.Write(line, MutexCodec.HolderOffset);
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary><c>null</c>: somebody removed the directory between its making and the file's.</summary>
    private LockFile? Open()
    {
        _files.EnsureDirectory(_node, _shared);
        return _files.OpenOrCreate(Path, _shared);
    }

    /// <summary>The lock, held.</summary>
    public readonly struct Hold(LockFile file) : IDisposable
    {
        public void Dispose() => file.Unlock();
    }
}
