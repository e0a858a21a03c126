using System.Globalization;
using System.Text;

namespace BuildGuard.Leases;

/// <summary>
/// The file beside a ticket by which <c>buildguard stop</c>, or another verb that ends leases, tells its holder why it is
/// asked to end, so that it can say so. It decides nothing, and goes with the ticket.
/// </summary>
internal static class StopMark
{
    /// <summary>Who may leave it; the first where it does not say, as one that an older version left.</summary>
    private static readonly string[] s_verbs = ["stop", "monitor", "top"];

    /// <summary>More than it ever holds, in bytes.</summary>
    private const int MaxLength = 100;

    /// <summary>Leaves it. Where it cannot be written the holder ends without knowing why.</summary>
    /// <param name="files">The files.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="lease">The lease that is to end.</param>
    /// <param name="cause">Why it is to end.</param>
    public static void Leave(IStateFiles files, StateLayout layout, LeaseId lease, StopCause cause)
    {
        bool shared = layout.IsShared(lease.Lock);
        if (shared && (lease.Parent is not null ? !files.IsOwn(layout.NodeOf(lease.Outermost)) : !MayLeave(files, layout, lease)))
        {
            return;
        }

        try
        {
            if (!shared && lease.Parent is null && !files.Exists(layout.NodeOf(lease.Lock)))
            {
                // Somebody removed the directory, and who holds or waits is still to know why it ends.
                files.EnsureDirectory(layout.Root, shared: false);
                files.EnsureDirectory(layout.Locks, shared: false);
                files.EnsureDirectory(layout.NodeOf(lease.Lock), shared: false);
            }

            using LockFile? mark = shared ? files.Create(layout.StopOf(lease)) : files.OpenOrCreate(layout.StopOf(lease), shared: false);
            mark?.Write(Encode(cause), 0);
            if (shared)
            {
                mark?.Publish();
            }
        }
        catch (Diagnostics.GuardException)
        {
            return;
        }
    }

    /// <summary>Takes it back, where its holder cannot remove it: another user, or one whose ticket is gone, with which it would go.</summary>
    public static void TakeBack(IStateFiles files, StateLayout layout, LeaseId lease)
    {
        if (lease.Parent is null && (layout.IsShared(lease.Lock) || !files.Exists(layout.TicketOf(lease))))
        {
            files.Delete(layout.StopOf(lease));
        }
    }

    /// <summary>Whether it is there; what anybody else put there does not count.</summary>
    public static bool IsThere(IStateFiles files, StateLayout layout, LeaseId lease)
    {
        using LockFile? mark = files.Open(layout.StopOf(lease), write: false);
        return mark is not null && (!layout.IsShared(lease.Lock) || mark.User is 0 || mark.User == files.User);
    }

    /// <summary>Whether this user may end a lease that is there: in the directory that users share only his own, unless he is root.</summary>
    public static bool MayEnd(IStateFiles files, StateLayout layout, LeaseId lease)
    {
        if (!layout.IsShared(lease.Lock) || files.User == 0)
        {
            return true;
        }

        using LockFile? ticket = files.Open(layout.TicketOf(lease.Outermost), write: false);
        return ticket is null || ticket.User == files.User;
    }

    /// <summary>In the directory that users share only who may end a lease says that he does.</summary>
    private static bool MayLeave(IStateFiles files, StateLayout layout, LeaseId lease)
    {
        using LockFile? ticket = files.Open(layout.TicketOf(lease), write: false);
        return ticket is not null && (files.User == 0 || ticket.User == files.User);
    }

    /// <summary>What it says.</summary>
    public static StopCause CauseOf(IStateFiles files, StateLayout layout, LeaseId lease)
    {
        Span<byte> content = stackalloc byte[MaxLength];
        using LockFile? mark = files.Open(layout.StopOf(lease), write: false);
        return Decode(content[..(mark?.Read(content, 0) ?? 0)]);
    }

    /// <summary>The verb's number; behind it, if memory is short, how much of it is in use, the threshold, and what the tree takes.</summary>
    private static byte[] Encode(StopCause cause)
    {
        int verb = Math.Max(0, Array.IndexOf(s_verbs, cause.Verb));
        return Encoding.ASCII.GetBytes(cause.Shortage is { } s
            ? string.Create(CultureInfo.InvariantCulture, $"{verb} {s.UsedPercent:0.##} {s.ThresholdPercent:0.##} {s.TreeBytes} ")
            : $"{verb} ");
    }

    private static StopCause Decode(ReadOnlySpan<byte> content)
    {
        string[] words = Encoding.ASCII.GetString(content).Split(' ');
        string verb = int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < s_verbs.Length ? s_verbs[number] : s_verbs[0];
        return new StopCause(
            verb,
            words is [_, var used, var threshold, var bytes, _]
                && double.TryParse(used, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double usedPercent)
                && double.TryParse(threshold, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double thresholdPercent)
                && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out long treeBytes)
                    ? new MemoryShortage(usedPercent, thresholdPercent, treeBytes)
                    : null);
    }
}
