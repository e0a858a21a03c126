namespace BuildGuard.Leases;

/// <summary>One ticket's file, opened: the lock says whether its holder lives, the content what it is.</summary>
public sealed class TicketFile : IDisposable
{
    private readonly LockFile _file;
    private readonly long _length;

    private TicketFile(string path, LockFile file, long length)
    {
        Path = path;
        _file = file;
        _length = length;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Creates the file of a new ticket and takes its lock for life.</summary>
    /// <remarks>
    /// A viewer may look at the file between its creation and the lock and hold the lock for a moment, so the lock is
    /// waited for. Nobody else can be interested: the caller holds the node's mutex. Other users, who could keep the lock and so
    /// the caller with the mutex, can open the file only when it is locked.
    /// </remarks>
    public static TicketFile Create(IStateFiles files, string path, LeaseRecord record, bool shared)
    {
        ArgumentNullException.ThrowIfNull(files);
        LockFile file = files.Create(path);
        try
        {
            file.LockExclusive();
            byte[] content = TicketCodec.Encode(record);
            file.Write(content, 0);
            if (shared)
            {
                file.Publish();
            }

            return new TicketFile(path, file, content.Length);
        }
        catch
        {
            files.Delete(path);
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens somebody's ticket; <c>null</c> if it is gone.</summary>
    public static TicketFile? Open(IStateFiles files, string path, bool write = false)
    {
        ArgumentNullException.ThrowIfNull(files);
        LockFile? file = files.Open(path, write);
        return file is null ? null : new TicketFile(path, file, 0);
    }

    /// <summary>A ticket whose file is open but no longer in its directory.</summary>
    public static TicketFile Adopt(string path, LockFile file) => new(path, file, 0);

    /// <summary>Whether another process holds this ticket.</summary>
    public bool IsHeld()
    {
        if (!_file.TryLockShared())
        {
            return true;
        }

        _file.Unlock();
        return false;
    }

    /// <summary>Takes the lock of a ticket that nobody holds, until this is closed; <c>false</c> if somebody holds it.</summary>
    public bool TryTakeOver() => _file.TryLockExclusive();

    /// <summary>Sleeps until no process holds this ticket any more.</summary>
    public void WaitUntilFree()
    {
        _file.LockShared();
        _file.Unlock();
    }

    /// <summary>How far the ticket has come; <c>null</c> if the file is damaged.</summary>
    public TicketState? ReadState()
    {
        Span<byte> head = stackalloc byte[TicketCodec.HeaderLength];
        return TicketCodec.DecodeState(head[.._file.Read(head, 0)]);
    }

    /// <summary>
    /// Everything in the file; <c>null</c> if it is damaged, or names a process that is not its writer's: whoever believed it
    /// would end that one, or take what that one started for part of the lease.
    /// </summary>
    public TicketContent? Read() =>
        ReadAll() is { } text && TicketCodec.Decode(text.Span) is { Record: var record } content
        && _file.CanSpeakFor(record.Holder) && (record.Owner is not { } owner || _file.CanSpeakFor(owner))
            ? content
            : null;

    /// <summary>
    /// Whose ticket it is if it was written by another protocol than ours: the protocol's number, and the version of the program
    /// if it says one. <c>null</c> for ours, and for what is no ticket of anybody's.
    /// </summary>
    public (int Protocol, string? Version)? ReadForeign() =>
        ReadAll() is { } content && TicketCodec.DecodeProtocol(content.Span) is { } protocol && protocol != TicketCodec.Protocol
            ? (protocol, TicketCodec.DecodeVersion(content.Span))
            : null;

    /// <summary><c>null</c>: too large to be a ticket.</summary>
    private ReadOnlyMemory<byte>? ReadAll()
    {
        byte[] buffer = new byte[4096];
        int length = 0;
        while (true)
        {
            int read = _file.Read(buffer.AsSpan(length), length);
            length += read;
            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }

            if (length == buffer.Length)
            {
                if (length > TicketCodec.MaxLength)
                {
                    return null;
                }

                Array.Resize(ref buffer, length * 2);
            }
        }
    }

    /// <summary>Whether the file holds nothing yet: its holder has created it and not written it.</summary>
    public bool IsEmpty() => _file.Read(stackalloc byte[1], 0) == 0;

    /// <summary>Changes the state, in place.</summary>
    public void Write(TicketState state) => _file.Write([(byte)state], TicketCodec.StateOffset);

    /// <summary>Says that our own lease has ended, also where somebody damaged the file: nobody is to take it for one whose holder died.</summary>
    public void WriteEnd(TicketState state) => _file.Write(TicketCodec.EncodeHeader(state), 0);

    /// <summary>Says ahead of the turn what the grant will say of its place, so that it is found if we are killed while we wait.</summary>
    public void WriteAhead(GrantRecord grant) => _file.Write(TicketCodec.Encode(grant), _length);

    /// <summary>Turns our own ticket into a lease. The grant stands in the file before the state says so.</summary>
    public void Write(GrantRecord grant)
    {
        WriteAhead(grant);
        Write(TicketState.Granted);
    }

    /// <inheritdoc cref="LockFile.User"/>
    public uint? User => _file.User;

    /// <summary>Whether this user made the file.</summary>
    public bool IsOwn => _file.IsOwn;

    /// <inheritdoc cref="LockFile.IsDeleted"/>
    public bool IsDeleted => _file.IsDeleted;

    /// <summary>Whether the file still stands where it was created.</summary>
    public bool IsInPlace() => IsAt(Path);

    /// <summary>Whether a path leads to this very file.</summary>
    public bool IsAt(string path) => _file.IsAt(path);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
