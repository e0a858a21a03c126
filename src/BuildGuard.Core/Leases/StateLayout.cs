namespace BuildGuard.Leases;

/// <summary>Where everything of the lease tree lies inside the state directory.</summary>
/// <remarks>
/// <code>
/// locks/user/mutex                  the short lock under which numbers are allotted; the counter; who holds
/// locks/user/12-9f3a77b0            a ticket, later a lease
/// locks/user/12-9f3a77b0.owner      kept locked by the MSBuild process that a session serves
/// locks/user/12-9f3a77b0.turn       with slots: kept locked while the ticket waits
/// locks/user/12-9f3a77b0.wait       what the first one in the queue waits for when the machine is not fit
/// locks/user/12-9f3a77b0.d/         the queue of the leases inside it: the same again
/// builds/ID                         the short lock under which the nodes of one build agree on their session
/// damaged/                          state files that could not be understood
/// unseen/                           dead leases whose processes can be seen in another PID namespace only
/// ended                             when `monitor` last ended something for memory
/// idle                              what `reap --idle` saw of the tool chain at its last look
/// </code>
/// The lock <c>machine</c> lies in a directory that all users share; what is inside its leases belongs to one user
/// again and lies there too, closed to the others, who queue under their own lock <c>user</c> when they are inside.
/// </remarks>
/// <param name="stateDirectory">The user's own state directory.</param>
/// <param name="machineDirectory">The shared directory; <c>null</c> if the state directory serves for that too.</param>
public sealed class StateLayout(string stateDirectory, string? machineDirectory = null)
{
    private const string OwnerSuffix = ".owner";
    private const string QueueSuffix = ".d/";

    /// <summary>The state directory.</summary>
    public string Root { get; } = stateDirectory;

    /// <summary>The directory of all locks.</summary>
    public string Locks => Root + "/locks";

    /// <summary>Where damaged state files go.</summary>
    public string Damaged => Root + "/damaged";

    /// <summary>Dead leases whose processes cannot be seen from where their turn went on.</summary>
    public string Unseen => Root + "/unseen";

    /// <summary>The directory of the builds' short locks.</summary>
    public string Builds => Root + "/builds";

    /// <summary>What <c>reap --idle</c> saw at its last look.</summary>
    public string IdleNotes => Root + "/idle";

    /// <summary>When <c>monitor</c> last ended something for memory.</summary>
    public string EndNote => Root + "/ended";

    /// <summary>The queue directly under a lock.</summary>
    public string NodeOf(string lockName) =>
        lockName == LockName.Machine && machineDirectory is not null ? machineDirectory : $"{Locks}/{lockName}";

    /// <summary>The directory in which a lock's state lies: the user's own, or the one that users share.</summary>
    public string StateOf(string lockName) => IsShared(lockName) ? NodeOf(lockName) : Root;

    /// <summary>The short lock of that queue.</summary>
    public string MutexOf(string lockName) => NodeOf(lockName) + "/mutex";

    /// <summary>Whether the queue directly under a lock is shared with other users.</summary>
    public bool IsShared(string lockName) => lockName == LockName.Machine && machineDirectory is not null;

    /// <summary>The names of the locks that there are, besides <c>machine</c> where that one is shared.</summary>
    public List<string> LockNames(IStateFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        List<string> names = files.List(Locks).FindAll(LockName.IsValid);
        if (machineDirectory is not null && files.Exists(machineDirectory))
        {
            names.Add(LockName.Machine);
        }

        return names;
    }

    /// <summary>The processes that keep a file of a lock for themselves, whatever became of what is written in it.</summary>
    /// <param name="files">The state files.</param>
    /// <param name="isWanted">As in <see cref="IStateFiles.HoldersBelow"/>.</param>
    public IEnumerable<(int Pid, string Path)> Holders(IStateFiles files, Predicate<int>? isWanted = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        IEnumerable<(int Pid, string Path)> own = files.HoldersBelow(Locks, isWanted);
        return machineDirectory is null ? own : own.Concat(files.HoldersBelow(machineDirectory, isWanted));
    }

    /// <summary>The queue inside a lease.</summary>
    public string NodeOf(LeaseId lease) => TicketOf(lease) + ".d";

    /// <summary>The ticket that is a lease.</summary>
    public string TicketOf(LeaseId lease)
    {
        string[] parts = lease.Value.Split('/');
        string path = $"{NodeOf(parts[0])}/{parts[1]}";
        for (int i = 2; i < parts.Length; i++)
        {
            path = $"{path}.d/{parts[i]}";
        }

        return path;
    }

    /// <summary>The lease whose ticket a file is, or whose owner's file; <c>null</c>: it is neither.</summary>
    /// <param name="path">The file, as <see cref="Holders"/> tells it.</param>
    public LeaseId? LeaseAt(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string? inside = machineDirectory is not null && Below(machineDirectory, path) is { } shared ? $"{LockName.Machine}/{shared}" : Below(Locks, path);
        inside = inside?.EndsWith(OwnerSuffix, StringComparison.Ordinal) == true ? inside[..^OwnerSuffix.Length] : inside;
        return LeaseId.TryParse(inside?.Replace(QueueSuffix, "/", StringComparison.Ordinal), out LeaseId id) ? id : null;
    }

    private static string? Below(string directory, string path) =>
        path.StartsWith(directory + "/", StringComparison.Ordinal) ? path[(directory.Length + 1)..] : null;

    /// <summary>The file that says that a ticket's holder is asked to end by <c>buildguard stop</c>.</summary>
    public string StopOf(LeaseId lease) => TicketOf(lease) + ".stop";

    /// <summary>The file that the process served by a lease keeps locked.</summary>
    public string OwnerOf(LeaseId lease) => TicketOf(lease) + OwnerSuffix;

    /// <summary>Whether a path is that of such a file.</summary>
    public static bool IsOwner(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.EndsWith(OwnerSuffix, StringComparison.Ordinal);
    }
}
