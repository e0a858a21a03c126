using System.Diagnostics.CodeAnalysis;

namespace BuildGuard.Leases;

/// <summary>
/// The name of a lease: the lock, then the tickets from the root down, as in <c>user/12-9f3a77b0/3-01c2d4e5</c>.
/// A lease's ancestors can therefore be read off its name, also when nothing else is left of them.
/// </summary>
public readonly record struct LeaseId
{
    /// <summary>The longest that is accepted, in characters: some 80 levels.</summary>
    public const int MaxLength = 1024;

    private LeaseId(string value) => Value = value;

    /// <summary>The whole name.</summary>
    public string Value { get; }

    /// <summary>The name of the lock, the root of the tree.</summary>
    public string Lock => Value.AsSpan(0, Value.IndexOf('/', StringComparison.Ordinal)).ToString();

    /// <summary>The last part: the ticket that became this lease.</summary>
    public TicketName Ticket => TicketName.TryParse(Value.AsSpan(Value.LastIndexOf('/') + 1), out var ticket)
        ? ticket
        : throw new InvalidOperationException(Value);

    /// <summary>The lease around all others that this one stands in, directly under the lock; itself if it is that one.</summary>
    public LeaseId Outermost
    {
        get
        {
            LeaseId outermost = this;
            while (outermost.Parent is { } parent)
            {
                outermost = parent;
            }

            return outermost;
        }
    }

    /// <summary>The lease this one stands in; <c>null</c> if it stands directly under the lock.</summary>
    public LeaseId? Parent
    {
        get
        {
            int last = Value.LastIndexOf('/');
            return Value.IndexOf('/', StringComparison.Ordinal) == last ? null : new LeaseId(Value[..last]);
        }
    }

    /// <summary>The lease that a ticket of the lock's own queue becomes.</summary>
    public static LeaseId UnderLock(string @lock, TicketName ticket) => new($"{@lock}/{ticket.ToString()}");

    /// <summary>The lease that a ticket of this lease's queue becomes.</summary>
    public LeaseId Child(TicketName ticket) => new($"{Value}/{ticket.ToString()}");

    /// <summary>Whether this is that lease, or a lease inside it at any depth.</summary>
    public bool IsIn(LeaseId outer) => this == outer || Value.StartsWith(outer.Value + "/", StringComparison.Ordinal);

    /// <summary>Reads a name. Nothing but names made by this type is accepted; it is safe to build paths of them.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LeaseId id)
    {
        id = default;
        if (text is null || text.Length > MaxLength)
        {
            return false;
        }

        string[] parts = text.Split('/');
        if (parts.Length < 2 || !LockName.IsValid(parts[0]))
        {
            return false;
        }

        for (int i = 1; i < parts.Length; i++)
        {
            if (!TicketName.TryParse(parts[i], out _))
            {
                return false;
            }
        }

        id = new LeaseId(text);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
