using System.Diagnostics;
using BuildGuard.Diagnostics;

namespace BuildGuard.Leases;

/// <summary>Ends leases for holders that cannot do it themselves, or must.</summary>
internal sealed class Ending(IStateFiles files, StateLayout layout, ILeaseLeftovers leftovers)
{
    /// <summary>How long a child that should end by itself is given before its holder is killed.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly UnseenLeases _unseen = new(files, layout);

    /// <inheritdoc cref="ILeaseLeftovers.CanSee"/>
    public bool CanSee(TicketContent content) => leftovers.CanSee(content);

    /// <summary>Those that were set aside and can be seen from here.</summary>
    public void ForEachSetAside(Action<LeaseId, TicketContent> action) => _unseen.ForEach((lease, content) =>
    {
        if (CanSee(content))
        {
            action(lease, content);
        }

        return false;
    });

    /// <summary>Ends those leases that were set aside because their processes could not be seen, and can be now.</summary>
    /// <param name="where">Which ones are looked at.</param>
    /// <param name="found">Told of each before it is ended.</param>
    public void EndSetAside(Func<TicketContent, bool> where, Action<LeaseId, TicketContent> found) => _unseen.ForEach((lease, content) =>
    {
        if (!where(content))
        {
            return false;
        }

        found(lease, content);
        leftovers.End(lease, content, LeaseUser.Of(files, layout, lease));
        return true;
    });

    /// <inheritdoc cref="ILeaseLeftovers.RemovePlace"/>
    public bool RemovePlace(LeaseId lease, TicketContent? content) => leftovers.RemovePlace(lease, content);

    /// <summary>Waits until the process that a lease serves, if there is one, keeps it no more.</summary>
    public void AwaitOwner(LeaseId lease)
    {
        using LockFile? owner = files.Open(layout.OwnerOf(lease), write: false);
        owner?.LockShared();
    }

    /// <summary>
    /// Ends a lease whose holder is dead, and that nobody keeps in its place: what is inside is ended first, then the
    /// lease's own processes.
    /// </summary>
    /// <param name="node">The queue that it stands in.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="isEndedInside">Whether the holder of the lease around it lives, and ends that one.</param>
    public void EndDead(Node node, LeaseId lease, bool isEndedInside = false)
    {
        LeaseUser whose = LeaseUser.Of(files, layout, lease);
        TicketContent? content;
        bool isEmpty;
        bool isSeen;
        using (TicketFile? file = OpenToEnd(lease, out bool writable))
        {
            content = file?.Read();
            isEmpty = file?.IsEmpty() ?? false;
            isSeen = content is null || CanSee(content);
            if (content is not null && writable)
            {
                file!.Write(TicketState.Ending);
            }

            try
            {
                EndChildren(lease, isEndedInside);
                if (isEndedInside)
                {
                    leftovers.EndInside(lease, content, whose);
                }
                else
                {
                    leftovers.End(lease, content, whose);
                }
            }
            catch (GuardException e)
            {
                leftovers.CannotEnd(lease, content, e.Problem);
                throw;
            }
        }

        if (!isSeen)
        {
            _unseen.Add(lease, content!);
            leftovers.SetAside(lease, content!);
        }

        // What cannot be understood is not deleted: nor the ticket, nor strange files in the queue inside.
        if (!IsOwn(lease))
        {
            files.DeleteTree(layout.NodeOf(lease), NodeListing.IsOurs);
        }

        bool aside = content is null && !isEmpty ? node.MoveAside(lease.Ticket) : node.MoveAsideQueue(lease.Ticket);
        if (aside)
        {
            leftovers.MovedAside(lease, layout.Damaged);
        }

        node.Remove(lease.Ticket);
    }

    /// <summary>
    /// Opens a dead ticket to say that it ends. Another user's (under the machine's lock) can only be read, and stays until
    /// that user or root comes by; it still counts as ended once nothing of it runs.
    /// </summary>
    private TicketFile? OpenToEnd(LeaseId lease, out bool writable)
    {
        string path = layout.TicketOf(lease);
        try
        {
            writable = true;
            return TicketFile.Open(files, path, write: true);
        }
        catch (GuardException) when (lease.Parent is null && layout.IsShared(lease.Lock))
        {
            writable = false;
            return TicketFile.Open(files, path);
        }
    }

    /// <summary>
    /// Whether the queue inside a lease is this user's. In another's that one may put anything in the way of who walks there, also
    /// in the middle, or have him wait for ever: what ran inside is known by the name of the lease around it.
    /// </summary>
    private bool IsOwn(LeaseId lease) => !layout.IsShared(lease.Lock) || files.IsOwn(layout.NodeOf(lease));

    /// <summary>Ends every lease inside one of this user's that takes no more children, and removes the queue.</summary>
    /// <param name="lease">That one.</param>
    /// <param name="isEnded">Whether its holder lives, and ends it.</param>
    public void EndChildren(LeaseId lease, bool isEnded)
    {
        if (!files.Exists(layout.NodeOf(lease)) || !IsOwn(lease))
        {
            return;
        }

        var node = new Node(files, layout, lease.Lock, lease);
        foreach (TicketName name in node.Names())
        {
            // In their order: when one has ended, the next one wakes and leaves by itself.
            LeaseId child = node.LeaseOf(name);
            TicketState? last;
            TicketContent? content;
            using (var displaced = new Displaced(node))
            using (TicketFile? there = node.Open(name))
            {
                TicketFile? file = displaced.Instead(name, there) ?? there;
                if (file is null)
                {
                    continue;
                }

                last = AwaitEnd(child, file);
                content = file.Read();
            }

            if (last is TicketState.Waiting or TicketState.Released or TicketState.Vacated)
            {
                _ = RemovePlace(child, content);
                node.Remove(name);
            }
            else
            {
                EndDead(node, child, isEnded);
            }
        }

        node.RemoveQueueIfEmpty();
    }

    /// <summary>
    /// Waits until a child's holder has ended; a waiting one leaves by itself, a running one was told by the end of the
    /// process around it. One that does neither is killed. Tells how far it had come.
    /// </summary>
    private TicketState? AwaitEnd(LeaseId child, TicketFile file)
    {
        long start = Stopwatch.GetTimestamp();
        bool killed = false;
        while (file.IsHeld())
        {
            TimeSpan waited = Stopwatch.GetElapsedTime(start);
            if (waited > s_patience && !killed)
            {
                killed = true;
                if (file.Read() is { } content)
                {
                    leftovers.Kill(content.Record.Holder);
                }
            }

            if (waited > s_patience * 5)
            {
                throw LeaseMessages.StuckChild(child);
            }

            Thread.Sleep(1);
        }

        return file.ReadState();
    }
}
