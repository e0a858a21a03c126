namespace BuildGuard.Leases;

/// <summary>What a queue's directory holds that is ours. Names in any other form are left alone.</summary>
internal sealed class NodeListing
{
    private const string QueueSuffix = ".d";

    public NodeListing(List<string> names)
    {
        foreach (string name in names)
        {
            if (TicketName.TryParse(name, out TicketName ticket))
            {
                Tickets.Add(ticket);
            }
            else if (name.EndsWith(QueueSuffix, StringComparison.Ordinal)
                && TicketName.TryParse(name.AsSpan(0, name.Length - QueueSuffix.Length), out ticket))
            {
                Queues.Add(ticket);
            }
        }

        Tickets.Sort(static (a, b) => a.Number.CompareTo(b.Number));
    }

    /// <summary>Whether a name is one that a queue's directory holds: the mutex, a ticket, or what belongs to one.</summary>
    public static bool IsOurs(string name) => name == NodeMutex.FileName
        || TicketName.TryParse(name.IndexOf('.', StringComparison.Ordinal) is var end and >= 0 ? name.AsSpan(0, end) : name, out _);

    /// <summary>The tickets, in the order of their numbers.</summary>
    public List<TicketName> Tickets { get; } = [];

    /// <summary>The leases that have, or had, a queue inside.</summary>
    public List<TicketName> Queues { get; } = [];
}
