namespace BuildGuard.Leases;

/// <summary>Where everything of the lease tree lies inside the state directory.</summary>
/// <remarks>
/// <code>
/// locks/user/mutex                  the short lock under which numbers are allotted; the counter; who holds
/// locks/user/12-9f3a77b0            a ticket, later a lease
/// locks/user/12-9f3a77b0.owner      kept locked by the MSBuild process that a session serves
/// locks/user/12-9f3a77b0.turn       with slots: kept locked while the ticket waits
/// locks/user/12-9f3a77b0.d/         the queue of the leases inside it: the same again
/// builds/ID                         the short lock under which the nodes of one build agree on their session
/// damaged/                          state files that could not be understood
/// </code>
/// </remarks>
public sealed class StateLayout(string stateDirectory)
{
    /// <summary>The state directory.</summary>
    public string Root { get; } = stateDirectory;

    /// <summary>The directory of all locks.</summary>
    public string Locks => Root + "/locks";

    /// <summary>Where damaged state files go.</summary>
    public string Damaged => Root + "/damaged";

    /// <summary>The directory of the builds' short locks.</summary>
    public string Builds => Root + "/builds";

    /// <summary>The queue directly under a lock.</summary>
    public string NodeOf(string lockName) => $"{Locks}/{lockName}";

    /// <summary>The queue inside a lease.</summary>
    public string NodeOf(LeaseId lease) => TicketOf(lease) + ".d";

    /// <summary>The ticket that is a lease.</summary>
    public string TicketOf(LeaseId lease)
    {
        string path = Locks;
        string[] parts = lease.Value.Split('/');
        for (int i = 0; i < parts.Length; i++)
        {
            path = i < 2 ? $"{path}/{parts[i]}" : $"{path}.d/{parts[i]}";
        }

        return path;
    }

    /// <summary>The file that the process served by a lease keeps locked.</summary>
    public string OwnerOf(LeaseId lease) => TicketOf(lease) + ".owner";
}
