namespace BuildGuard.Leases;

/// <summary>
/// Dead leases whose processes, if there are any left, cannot be seen from where their turn went on: a holder in another
/// container, killed on a machine without control groups. They hold up nobody, and are ended by whoever can see them.
/// </summary>
/// <remarks>
/// <c>STATE/unseen/user+12-9f3a77b0</c>: the name of the lease, and in the file what its ticket said.
/// </remarks>
internal sealed class UnseenLeases(IStateFiles files, StateLayout layout)
{
    private const char Separator = '+';

    /// <summary>More are not kept: a container that is gone has ended everything in it, and nobody can say so from here.</summary>
    private const int Most = 64;

    /// <summary>Keeps one in mind.</summary>
    public void Add(LeaseId lease, TicketContent content)
    {
        files.EnsureDirectory(layout.Unseen, shared: false);
        List<string> names = files.List(layout.Unseen);
        foreach (string name in names.Take(Math.Max(0, names.Count - Most + 1)))
        {
            files.Delete($"{layout.Unseen}/{name}");
        }

        string path = $"{layout.Unseen}/{lease.Value.Replace('/', Separator)}";
        if (!files.Exists(path))
        {
            using TicketFile file = TicketFile.Create(files, path, content.Record with { File = null }, shared: false);
            file.Write(content.Grant ?? new GrantRecord(content.Record.EnqueuedAt, ""));
        }
    }

    /// <summary>Does something with each that nobody else has to do with at this moment.</summary>
    /// <param name="action">What: <c>true</c> if nothing is left of it.</param>
    public void ForEach(Func<LeaseId, TicketContent, bool> action)
    {
        foreach (string name in files.List(layout.Unseen))
        {
            string path = $"{layout.Unseen}/{name}";
            if (LeaseId.TryParse(name.Replace(Separator, '/'), out LeaseId lease)
                && TicketFile.Open(files, path, write: true) is { } open)
            {
                using TicketFile file = open;
                if (file.TryTakeOver() && file.Read() is { } content && action(lease, content))
                {
                    files.Delete(path);
                }
            }
        }
    }
}
