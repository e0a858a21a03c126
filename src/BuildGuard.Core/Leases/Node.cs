using BuildGuard.Diagnostics;
using BuildGuard.Preflight;

namespace BuildGuard.Leases;

/// <summary>
/// One queue of the lease tree: the tickets directly under a lock, or directly inside a lease. See docs/lease-tree.md
/// for the protocol and why each step is safe.
/// </summary>
internal sealed class Node
{
    private readonly IStateFiles _files;
    private readonly StateLayout _layout;
    private readonly string _path;

    public Node(IStateFiles files, StateLayout layout, string lockName, LeaseId? parent)
    {
        _files = files;
        _layout = layout;
        LockName = lockName;
        Parent = parent;
        _path = parent is { } lease ? layout.NodeOf(lease) : layout.NodeOf(lockName);
        Holders = new NodeHolders(files, layout, this);
    }

    public string LockName { get; }

    /// <inheritdoc cref="ILeaseLeftovers.RemovePlace"/>
    public Func<LeaseId, TicketContent?, bool> RemovePlace { get; init; } = static (_, _) => true;

    /// <summary>The lease this queue is inside; <c>null</c> for the lock's own queue.</summary>
    public LeaseId? Parent { get; }

    /// <summary>Who holds its leases.</summary>
    public NodeHolders Holders { get; }

    private bool Shared => Parent is null && _layout.IsShared(LockName);

    public LeaseId LeaseOf(TicketName ticket) =>
        Parent is { } parent ? parent.Child(ticket) : LeaseId.UnderLock(LockName, ticket);

    /// <summary>Its directory.</summary>
    public string Path => _path;

    private string PathOf(TicketName ticket) => $"{_path}/{ticket.ToString()}";

    public NodeMutex MakeMutex() => new(_files, _path, Shared);

    public NodeListing Listing() => new(IsTrusted ? _files.List(_path) : []);

    /// <summary>
    /// Whether the directory is what it should be. Beside another user's ticket, in the directory that all share, anybody can put
    /// one of his own, or a link to one of another's, and have what is there ended as if it were inside the lease.
    /// </summary>
    public bool IsTrusted => Parent is not { } lease || !_layout.IsShared(LockName)
        || (lease.Value.Length <= LeaseId.MaxLength && _files.IsMadeBy(_path, _layout.TicketOf(lease)));

    /// <summary>Whether nobody but one user puts anything into it.</summary>
    public bool IsPrivate => !_layout.IsShared(LockName);

    /// <summary>Whether something stands in its place that is not to be trusted.</summary>
    public bool IsTaken => !IsTrusted && _files.Exists(_path);

    /// <summary>The tickets there are, in the order of their numbers.</summary>
    public List<TicketName> Names() => Listing().Tickets;

    /// <summary>
    /// Whether somebody may hold the turn whose file was deleted, by what the mutex says of who was granted last; read without its
    /// lock. To look for such a file takes milliseconds.
    /// </summary>
    public bool MayMissHolder() => ReadHolder(out bool isNobody) is { } last ? !Exists(last) : !isNobody;

    /// <summary>The one that the mutex says was granted last, if nothing stands in its place; <c>null</c>: none is missed.</summary>
    public TicketName? MissedHolder() => ReadHolder(out _) is { } last && !Exists(last) ? last : null;

    private TicketName? ReadHolder(out bool isNobody)
    {
        Span<byte> line = stackalloc byte[MutexCodec.HolderWidth];
        using LockFile? mutex = _files.Open($"{_path}/{NodeMutex.FileName}", write: false);
        line = line[..(mutex?.Read(line, MutexCodec.HolderOffset) ?? 0)];
        isNobody = MutexCodec.NamesNobody(line);
        return MutexCodec.DecodeHolder(line);
    }

    /// <summary>Makes the file of a new ticket of ours.</summary>
    public TicketFile Create(TicketName ticket, LeaseRecord record) =>
        TicketFile.Create(_files, PathOf(ticket), (Shared ? record.ForOthers() : record) with { File = PathOf(ticket) }, Shared);

    /// <summary>Whether a file stands where the one of a ticket ought to stand.</summary>
    public bool IsInPlace(TicketName ticket, TicketFile file) => file.IsAt(PathOf(ticket));

    /// <summary>Whether anything stands under a ticket's name, a plain file or not.</summary>
    public bool Exists(TicketName ticket) => _files.Exists(PathOf(ticket));

    /// <summary>Opens a ticket to look at it; <c>null</c> if it is gone or no plain file.</summary>
    public TicketFile? Open(TicketName ticket)
    {
        TicketFile? file = TicketFile.Open(_files, PathOf(ticket));
        if (file is not null && (IsMutex(file) || IsStrange(file)))
        {
            file.Dispose();
            return null;
        }

        return file;
    }

    /// <summary>Whether a file is a second name of the mutex, which all may write to: whoever has the mutex would wait for himself.</summary>
    private bool IsMutex(TicketFile file) => Shared && file.IsAt($"{_path}/{NodeMutex.FileName}");

    /// <summary>
    /// Whether a ticket in the queue inside a lease of the shared lock is not that lease's user's: he may have put a link to another
    /// queue in the place of the directory just after it was looked at.
    /// </summary>
    private bool IsStrange(TicketFile file)
    {
        if (Parent is not { } lease || !_layout.IsShared(LockName))
        {
            return false;
        }

        using TicketFile? outermost = TicketFile.Open(_files, _layout.TicketOf(lease.Outermost));
        return file.User is not { } user || user != (outermost is null ? _files.User : outermost.User);
    }

    /// <summary>Removes what a finished or dead ticket leaves in the directory.</summary>
    public void Remove(TicketName ticket)
    {
        _files.Delete(PathOf(ticket) + ".turn");
        _files.Delete(PathOf(ticket) + ".owner");
        _files.Delete(PathOf(ticket) + ".wait");
        _files.Delete(PathOf(ticket) + ".stop");
        _files.Delete(PathOf(ticket));
    }

    /// <summary>The same where another file may stand in the place of the ticket's own, which is to go whatever it is.</summary>
    public void RemoveOther(TicketName ticket)
    {
        Remove(ticket);
        if (Exists(ticket))
        {
            try
            {
                _ = MoveAside(ticket);
            }
            catch (GuardException)
            {
                // It is in nobody's way for ever: who comes next tries again.
            }
        }
    }

    /// <summary>The signal of a waiting ticket; made by its holder, under the mutex.</summary>
    public TurnSignal SignalOf(TicketName ticket) => new(_files, PathOf(ticket) + ".turn", Shared);

    /// <summary>Makes the notice of a ticket of ours that waits for the machine.</summary>
    public PreflightNotice NoticeOf(TicketName ticket) => new(_files, PathOf(ticket) + ".wait", Shared);

    /// <summary>What a ticket says it waits for at the head of the queue; <c>null</c> if nothing.</summary>
    public PreflightWait? WaitOf(TicketName ticket) => PreflightNotice.Read(_files, PathOf(ticket) + ".wait");

    /// <summary>Sleeps until a waiting ticket is granted or gone. <c>false</c>: it gives no such signal.</summary>
    public bool WaitForSignal(TicketName ticket)
    {
        using LockFile? signal = _files.Open(PathOf(ticket) + ".turn", write: false);
        signal?.LockShared();
        return signal is not null;
    }

    /// <summary>
    /// Moves a ticket that cannot be understood, with what else is there under its name, to where a person can look at it.
    /// </summary>
    /// <returns>Whether anything was moved; another user's files cannot be.</returns>
    public bool MoveAside(TicketName ticket)
    {
        bool queue = MoveAsideQueue(ticket);
        return (_files.Exists(PathOf(ticket)) && _files.MoveAside(PathOf(ticket), _layout.Damaged)) || queue;
    }

    /// <summary>The same for the queue inside it, when strange files keep it from being removed.</summary>
    public bool MoveAsideQueue(TicketName ticket) =>
        _files.Exists(PathOf(ticket) + ".d") && _files.MoveAside(PathOf(ticket) + ".d", _layout.Damaged);

    /// <summary>
    /// Removes the queue itself, once the lease that it is inside has ended. Under the mutex, or a ticket could be made in
    /// between. Whoever has the mutex instead sees that the lease has ended, leaves, and comes here itself.
    /// </summary>
    public void RemoveQueueIfEmpty()
    {
        if (!_files.Exists(_path) || !IsTrusted)
        {
            return;
        }

        using NodeMutex mutex = MakeMutex();
        try
        {
            if (mutex.TryEnter() && Names().Count == 0)
            {
                mutex.DeleteFile();
            }
        }
        catch (GuardException) when (_layout.IsShared(LockName))
        {
            // Another user's: it stays until that user or root comes by, like the ticket that it is inside.
        }

        _files.DeleteDirectory(_path);
    }
}
